/** Reads, keeps and removes the files below `files/` in a workspace, which people attach to mails and records. */
import { dirname, join } from 'node:path';
import { CrmError, invalid } from '../../domain/errors.ts';
import { FILES, isFilePath, LARGEST_ATTACHED, numberedName } from '../../domain/file-paths.ts';
import { makeDirectory, putIfAbsent, removeQuietly, syncDirectory, type Temporary } from './durable.ts';
import {
  codeOf,
  ifThere,
  type Io,
  namesIn,
  openRegular,
  readWhole,
  requireOwnDirectory,
  whyUnread,
} from './io.ts';
import { Sha256 } from './sha256.ts';

export interface AttachedFile {
  readonly bytes: Uint8Array;
  /** SHA-256, base64url. */
  readonly hash: string;
}

/**
 * Reads a file below `files/` of the workspace in `dir`; undefined if the file is missing. Throws INVALID for a path
 * that leads elsewhere, for a link on the way or at its end, for anything but a regular file, and for more than 25 MB.
 */
export function readAttached(io: Io, dir: string, path: string): AttachedFile | undefined {
  if (!isFilePath(path)) throw invalid(`${JSON.stringify(path)} is not the path of a file below ${FILES}/`);
  const names = dirname(path).split('/');
  try {
    names.forEach((_, i) => void requireOwnDirectory(io, join(dir, ...names.slice(0, i + 1))));
    const bytes = readWhole(io, join(dir, path), LARGEST_ATTACHED);
    return { bytes, hash: new Sha256().update(bytes).digest() };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw invalid(`${path} ${whyUnread(error)}`);
  }
}

/** Returns the hash of a file below `files/`; undefined if no file there can be attached. */
export function hashOfAttached(io: Io, dir: string, path: string): string | undefined {
  try {
    return readAttached(io, dir, path)?.hash;
  } catch (error) {
    if (error instanceof CrmError) return undefined;
    throw error;
  }
}

/**
 * Keeps a file in `files/<folder>/`, durably, under its name or a free one like it; returns its path. INVALID if a
 * link or a file has the name of the folder.
 */
export function keepAttached(
  io: Io,
  dir: string,
  { folder, name, bytes }: { readonly folder: string; readonly name: string; readonly bytes: Uint8Array },
  temporary: Temporary,
): string {
  const own = join(dir, FILES, folder);
  for (const each of [join(dir, FILES), own]) requireOwnDirectory(io, each);
  makeDirectory(io, own);
  for (let n = 1; ; n++) {
    const free = numberedName(name, n);
    if (putIfAbsent(io, join(own, free), temporary, sink => sink.write(bytes)))
      return `${FILES}/${folder}/${free}`;
  }
}

/** Removes the files of `files/<folder>/`, and the folder if it is empty then. Links are removed, not followed. */
export function removeAttached(io: Io, dir: string, folder: string): void {
  if (!namesIn(io, join(dir, FILES)).includes(folder)) return;
  const own = join(dir, FILES, folder);
  for (const name of namesIn(io, own)) {
    const stat = ifThere(() => io.lstatSync(join(own, name)));
    if (stat && !stat.isDirectory()) io.unlinkSync(join(own, name));
  }
  try {
    io.rmdirSync(own);
    syncDirectory(io, dirname(own));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
  }
}

/** Removes files that were kept for a record but that no record names. */
export function forgetAttached(io: Io, dir: string, paths: readonly string[]): void {
  for (const path of paths) removeQuietly(io, join(dir, path));
}

/** Copies all files below `files/` of a workspace into another one; existing files there stay. Links are left out. */
export function copyAttached(io: Io, from: string, to: string, temporary: Temporary): number {
  let count = 0;
  const copy = (folder: string): void => {
    for (const name of namesIn(io, join(from, folder))) {
      const path = `${folder}/${name}`;
      const stat = ifThere(() => io.lstatSync(join(from, path)));
      if (stat?.isDirectory()) copy(path);
      else if (stat?.isFile()) {
        makeDirectory(io, join(to, folder));
        if (putIfAbsent(io, join(to, path), temporary, sink => copyBytes(io, join(from, path), sink)))
          count++;
      }
    }
  };
  copy(FILES);
  return count;
}

/** The bytes of a file that are read at once. */
const BLOCK = 1 << 20;

function copyBytes(io: Io, path: string, sink: { write(bytes: Uint8Array): void }): void {
  const fd = openRegular(io, path);
  try {
    for (;;) {
      const block = Buffer.allocUnsafeSlow(BLOCK);
      const read = io.readSync(fd, block, 0, BLOCK, null);
      if (read === 0) return;
      sink.write(block.subarray(0, read));
    }
  } finally {
    io.closeSync(fd);
  }
}
