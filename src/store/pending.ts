/**
 * Files that a commit writes only once it is in the journal: what is taken out of a file must not be gone while
 * records may still need it. They are noted in `.crm/pending` before the append, so that whoever takes the lock
 * after a crash can finish the work.
 */
import { join } from 'node:path';
import { removeQuietly, replaceFile, type Temporary } from './durable.ts';
import { type Io, readIfThere } from './io.ts';

/** A file that people write: the text that it has, and the one that it gets; null where there is none. */
export interface PendingFile {
  readonly path: string;
  readonly had: string | null;
  readonly gets: string | null;
}

/** How the files of a workspace are read and written. */
export interface Files {
  read(path: string): string | null;
  write(path: string, text: string | null): void;
}

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
    return this.#io.existsSync(this.#path);
  }

  /** The files that are still to be written. */
  paths(): string[] {
    return this.#noted().map(({ path }) => path);
  }

  /** Durable when it returns. */
  note(files: readonly PendingFile[]): void {
    replaceFile(this.#io, this.#path, this.#temporary, sink => sink.write(JSON.stringify({ files })));
  }

  /** The commit did not happen. */
  forget(): void {
    removeQuietly(this.#io, this.#path);
  }

  /**
   * Writes what is noted, where the journal has it (`committed` gives the text it knows of a file) and nobody
   * changed the file since: else it stays as it is. To be called under the lock.
   */
  finish(committed: (path: string) => string | null): void {
    for (const { path, had, gets } of this.#noted())
      if (committed(path) === gets && this.#files.read(path) === had) this.#files.write(path, gets);
    this.forget();
  }

  /** A note that cannot be read was not written by this program: there is nothing to finish. */
  #noted(): readonly PendingFile[] {
    try {
      const note = JSON.parse(readIfThere(this.#io, this.#path)?.toString() ?? '{}') as {
        files?: readonly PendingFile[];
      };
      return note.files ?? [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  }
}
