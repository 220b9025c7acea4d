/**
 * Files that a commit writes only after it is in the journal: something that is removed from a file must stay while
 * records may still need it. They are noted in `.crm/pending` before the append, so that the next process that takes
 * the lock after a crash can finish the work. The note comes with the workspace, perhaps from somebody else, so it is
 * believed only as far as the transaction that it names confirms it.
 */
import { join } from 'node:path';
import { type Change, idOf, kindOf } from '../../domain/changes.ts';
import { isFileId, LARGEST_FILES } from '../../domain/file-ids.ts';
import type { Json } from '../../domain/records.ts';
import { removeQuietly, replaceFile, type Temporary } from '../disk/durable.ts';
import { type Io, isThere, readIfThere } from '../disk/io.ts';

/** A file that people write: its present text and its new text; null for no file. */
export interface PendingFile {
  readonly path: string;
  readonly had: string | null;
  readonly gets: string | null;
}

/** The files to write after the transaction of that number is in the journal. */
interface Note {
  readonly tx: number;
  readonly files: readonly PendingFile[];
}

/** How the files of a workspace are read and written. */
export interface Files {
  read(path: string): string | null;
  write(path: string, text: string | null): void;
}

/** The most bytes that a note may have: two texts of each file, and the escapes of JSON. */
const LARGEST = 4 * LARGEST_FILES;

export class PendingFiles {
  readonly #io: Io;
  readonly #path: string;
  readonly #temporary: Temporary;
  readonly #files: Files;

  constructor(io: Io, dir: string, temporary: Temporary, files: Files) {
    this.#io = io;
    this.#path = join(dir, 'pending');
    this.#temporary = temporary;
    this.#files = files;
  }

  exist(): boolean {
    return isThere(this.#io, this.#path);
  }

  /** Returns the files that are still to be written, if the note can be read. */
  paths(): string[] {
    return this.#noted()?.files.map(({ path }) => path) ?? [];
  }

  /** Returns the transaction that the note names; undefined if it names none. */
  tx(): number | undefined {
    return this.#noted()?.tx;
  }

  /** Notes files durably. `tx` is the number that the commit is about to get. */
  note(tx: number, files: readonly PendingFile[]): void {
    const note: Note = { tx, files };
    replaceFile(this.#io, this.#path, this.#temporary, sink => sink.write(JSON.stringify(note)));
  }

  /** Removes the note, because the commit did not happen. */
  forget(): void {
    removeQuietly(this.#io, this.#path);
  }

  /**
   * Writes the noted files, if the transaction that the note names made exactly these changes, no later transaction
   * changed the files (`committed` returns a file's text in the journal), and nobody changed a file on disk since;
   * otherwise a file stays as it is. Must be called under the lock; `changes` are those of that transaction, or none.
   */
  finish(changes: readonly Change[], committed: (path: string) => string | null): void {
    const files = this.#noted()?.files ?? [];
    if (files.every(file => isMadeBy(changes, file)))
      for (const { path, had, gets } of files)
        if (isSame(committed(path), gets) && isSame(this.#files.read(path), had))
          this.#files.write(path, gets);
    this.forget();
  }

  /** A note that is not of this shape was not written by this program: there is nothing to finish. */
  #noted(): Note | undefined {
    try {
      const note: unknown = JSON.parse(readIfThere(this.#io, this.#path, LARGEST)?.toString() ?? 'null');
      return isNote(note) ? note : undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';

function isNote(value: unknown): value is Note {
  if (typeof value !== 'object' || value === null) return false;
  const { tx, files } = value as Partial<Note>;
  if (!Number.isSafeInteger(tx) || !Array.isArray(files)) return false;
  return files.every(
    (file: Partial<PendingFile> | null) =>
      isFileId(file?.path) && isTextOrNull(file.had) && isTextOrNull(file.gets),
  );
}

/** Whether the changes turn the one text of the file into the other, in one step or several. */
function isMadeBy(changes: readonly Change[], { path, had, gets }: PendingFile): boolean {
  const texts = changes.flatMap(change =>
    'set' in change && kindOf(change) === 'file' && idOf(change) === path && change.set.text
      ? [change.set.text]
      : [],
  );
  return texts.length > 0 && isSame(texts[0]![0], had) && isSame(texts.at(-1)![1], gets);
}

/** An empty file counts as no file. */
const isSame = (a: Json, b: Json): boolean => (a || null) === (b || null);
