/** Reads and writes files that only their owner can read: passwords and keys, outside of workspaces. */
import { dirname } from 'node:path';
import { failed } from '../../domain/errors.ts';
import { makeDirectory, replaceFile } from '../disk/durable.ts';
import { codeOf, type Io, readWhole, whyUnread } from '../disk/io.ts';
import { temporaryOf } from '../site/leftovers.ts';
import type { Machine } from './machine-state.ts';
import { thisOwner } from '../disk/owner.ts';

/** The permission bits that must not be set for others. */
const OTHERS = 0o077;
/** The most bytes of such a file. */
const LARGEST = 64 << 10;

/** Returns the bytes of a private file, which may be a link. FAILED if others may read or change it. */
export function readPrivate(io: Io, path: string, uid: number | undefined): Buffer {
  let bytes: Buffer;
  try {
    const real = String(io.realpathSync(path));
    const stat = io.lstatSync(real);
    // The owner first: nobody can change the mode of somebody else's file.
    if (uid !== undefined && stat.uid !== uid && stat.uid !== 0)
      throw failed(`${path}: belongs to another user`, 'use a file of your own');
    if (uid !== undefined && (stat.mode & OTHERS) !== 0)
      throw failed(
        `${path}: others may read it, and it holds a secret`,
        stat.uid === uid || uid === 0 ? `chmod 600 ${path}` : 'use a file of your own',
      );
    bytes = readWhole(io, real, LARGEST);
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof Error && 'reason' in error)) throw error;
    throw failed(`${path}: ${whyUnread(error)}`);
  }
  return bytes;
}

/** Writes a file that only its owner can read, whole and durably; makes its directory, which nobody else can enter. */
export function writePrivate({ io, pid, host, random }: Machine, path: string, text: string): void {
  makeDirectory(io, dirname(path), 0o700);
  const temporary = temporaryOf(thisOwner(io, pid, host), random);
  replaceFile(io, path, temporary, sink => sink.write(text), { mode: 0o600 });
}
