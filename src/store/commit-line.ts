/** Reading the commit line at the end of a file of the journal, without reading what is before it. */
import type { Head } from '../domain/changes.ts';
import { type Io, openRegular } from './io.ts';
import { readRange } from './snapshot.ts';

/** A commit line is shorter than this, in bytes. */
const COMMIT_LINE = 8192;

/**
 * Returns what the last line of a file declares: an import of a million rows is not read for it. Undefined if that is not a
 * commit line; reading the whole file then reports what is wrong. Throws what the system says if there is no such file.
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
