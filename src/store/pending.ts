/**
 * Files that a commit writes only once it is in the journal: what is taken out of a file must not be gone while
 * records may still need it. They are noted in `.crm/pending` before the append, so that whoever takes the lock
 * after a crash can finish the work. The note comes with the workspace, perhaps from somebody else: it is believed only
 * as far as the transaction that it names says the same.
 */
import { join } from 'node:path';
import { type Change, idOf, kindOf } from '../domain/changes.ts';
import { isFileId, LARGEST_FILES } from '../domain/file-ids.ts';
import type { Json } from '../domain/records.ts';
import { removeQuietly, replaceFile, type Temporary } from './durable.ts';
import { type Io, isThere, readIfThere } from './io.ts';

/** A file that people write: the text that it has, and the one that it gets; null if there is none. */
export interface PendingFile {
  readonly path: string;
  readonly had: string | null;
  readonly gets: string | null;
}

/** What is still to be written once the transaction of that number is in the journal. */
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

  /** The files that are still to be written, as far as the note can be read. */
  paths(): string[] {
    return this.#noted()?.files.map(({ path }) => path) ?? [];
  }

  /** The transaction that the note names; undefined where it names none. */
  tx(): number | undefined {
    return this.#noted()?.tx;
  }

  /** Durable when it returns. `tx` is the number that the commit is about to get. */
  note(tx: number, files: readonly PendingFile[]): void {
    const note: Note = { tx, files };
    replaceFile(this.#io, this.#path, this.#temporary, sink => sink.write(JSON.stringify(note)));
  }

  /** The commit did not happen. */
  forget(): void {
    removeQuietly(this.#io, this.#path);
  }

  /**
   * Writes what is noted, if the transaction that the note names made exactly these changes of files, no later one
   * changed them (`committed` gives the text that the journal has of a file), and nobody changed the file on disk since:
   * otherwise it stays as it is. To be called under the lock; `changes` are those of that transaction, or none.
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

/** Whether the changes give the file this text in the place of that one, at once or one after the other. */
function isMadeBy(changes: readonly Change[], { path, had, gets }: PendingFile): boolean {
  const texts = changes.flatMap(change =>
    'set' in change && kindOf(change) === 'file' && idOf(change) === path && change.set.text
      ? [change.set.text]
      : [],
  );
  return texts.length > 0 && isSame(texts[0]![0], had) && isSame(texts.at(-1)![1], gets);
}

/** A file that is empty says as much as none. */
const isSame = (a: Json, b: Json): boolean => (a || null) === (b || null);
