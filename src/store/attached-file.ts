/** The files below `files/` in a workspace, which people attach to mails and records. */
import { dirname, join } from 'node:path';
import { CrmError, invalid } from '../domain/errors.ts';
import { FILES, isFilePath, LARGEST_ATTACHED } from '../domain/file-paths.ts';
import { codeOf, type Io, readWhole, requireOwnDirectory, whyUnread } from './io.ts';
import { Sha256 } from './sha256.ts';

export interface AttachedFile {
  readonly bytes: Uint8Array;
  /** SHA-256, base64url. */
  readonly hash: string;
}

/**
 * Reads a file below `files/` of the workspace in `dir`; undefined where there is no such file. INVALID for a path that
 * leads elsewhere, a link on the way or at its end, what is not a regular file, and more than 25 MB.
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

/** Returns the hash of such a file; undefined where there is none that can be attached. */
export function hashOfAttached(io: Io, dir: string, path: string): string | undefined {
  try {
    return readAttached(io, dir, path)?.hash;
  } catch (error) {
    if (error instanceof CrmError) return undefined;
    throw error;
  }
}
