/** The Maildir of a workspace, `mail/out`: what is filed there is whole, on disk, and never there twice. */
import { join } from 'node:path';
import { makeDirectory, removeQuietly, syncDirectory, writeNew } from '../disk/durable.ts';
import { type Io, isThere, namesIn, requireOwnDirectory } from '../disk/io.ts';

/** Makes git ignore the directory, even in workspaces whose own `.gitignore` is older than mail. */
const IGNORED = 'out/\n';

export class MailDirectory {
  readonly #io: Io;
  readonly #dir: string;

  /** `dir` is the workspace's. */
  constructor(io: Io, dir: string) {
    this.#io = io;
    this.#dir = dir;
  }

  /**
   * Files a message under a name, by way of `tmp`, as Maildir demands. False if `new` or `cur` has it already, where a
   * mail program adds flags to its name.
   */
  put(name: string, bytes: Uint8Array): boolean {
    const io = this.#io;
    const [temporary, fresh] = [this.#folder('tmp'), this.#folder('new')];
    const read = this.#folder('cur');
    const isOurs = (each: string) => each === name || each.startsWith(`${name}:`);
    if (isThere(io, join(fresh, name)) || namesIn(io, read).some(isOurs)) return false;
    const path = join(temporary, name);
    // Only one process delivers, so a killed process left this file.
    removeQuietly(io, path);
    writeNew(io, path, sink => sink.write(bytes), true);
    try {
      io.renameSync(path, join(fresh, name));
    } catch (error) {
      removeQuietly(io, path);
      throw error;
    }
    syncDirectory(io, fresh);
    return true;
  }

  /** Returns one of the three folders, which is made if it is not there. A link in its place is refused. */
  #folder(name: 'tmp' | 'new' | 'cur'): string {
    const io = this.#io;
    const mail = join(this.#dir, 'mail');
    const out = join(mail, 'out');
    const folder = join(out, name);
    for (const path of [mail, out, folder]) requireOwnDirectory(io, path);
    makeDirectory(io, folder);
    const ignored = join(mail, '.gitignore');
    if (!isThere(io, ignored)) writeNew(io, ignored, sink => sink.write(IGNORED), false);
    return folder;
  }
}
