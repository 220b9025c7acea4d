/** Reads the commit line at the end of a file of the journal, without reading the lines before it. */
import type { Head } from '../../domain/changes.ts';
import { type Io, openRegular } from '../disk/io.ts';
import { readRange } from '../disk/read-range.ts';

/** A commit line is shorter than this, in bytes. */
export const COMMIT_LINE = 8192;

/**
 * Returns the content of a file's last line, without reading the rest, which may be an import of a million rows.
 * Undefined if it is not a commit line; reading the whole file then reports the fault. Throws the system's error if
 * the file does not exist.
 */
export function lastCommitLine(
  io: Io,
  path: string,
): (Pick<Head, 'seq'> & { readonly prev: string; readonly hash: string }) | undefined {
  const fd = openRegular(io, path);
  try {
    const { size } = io.fstatSync(fd);
    const end = readRange(io, fd, Math.max(0, size - COMMIT_LINE), size).toString();
    const line = JSON.parse(end.slice(end.lastIndexOf('\n', end.length - 2) + 1)) as Record<string, unknown>;
    const { seq, prev, hash } = line;
    if (typeof seq !== 'number' || typeof prev !== 'string' || typeof hash !== 'string') return undefined;
    return { seq, prev, hash };
  } catch {
    return undefined;
  } finally {
    io.closeSync(fd);
  }
}
