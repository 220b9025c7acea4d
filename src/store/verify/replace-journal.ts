/**
 * Replaces a journal without records by another one. A crash leaves one of them or none, each of which is a valid
 * workspace; leftovers of an attempt that was cut short are removed by the next one.
 */
import { join } from 'node:path';
import type { Kinds } from '../../domain/kinds.ts';
import { removeQuietly, syncDirectory, type Temporary } from '../disk/durable.ts';
import { ifThere, type Io, requireOwnDirectory } from '../disk/io.ts';
import { salvageJournal } from './salvage.ts';
import { snapshotFile, snapshotKinds } from '../snapshot/snapshot.ts';
import type { Piece } from './verify-journal.ts';

/** To be called under the lock of the workspace `dir`; `pieces` are those of the verified journal of `from`. */
export function replaceJournal(
  io: Io,
  from: string,
  pieces: readonly Piece[],
  dir: string,
  temporary: Temporary,
  kinds: Kinds,
): void {
  const data = join(dir, 'data');
  requireOwnDirectory(io, data);
  const [journal, coming, going] = ['journal', 'journal.new', 'journal.old'].map(name =>
    join(data, name),
  ) as [string, string, string];
  for (const left of [coming, going]) removeFolder(io, left);
  salvageJournal(io, from, pieces, coming, temporary);
  // Snapshots are made again from a journal, whichever it is.
  for (const name of ['checkpoint.json', ...snapshotKinds(kinds).map(kind => snapshotFile(kinds, kind))])
    removeQuietly(io, join(data, name));
  if (io.existsSync(journal)) io.renameSync(journal, going);
  io.renameSync(coming, journal);
  syncDirectory(io, data);
  removeFolder(io, going);
}

/** A folder of files, or none. */
function removeFolder(io: Io, dir: string): void {
  const there = ifThere(() => io.lstatSync(dir));
  if (!there) return;
  // A link is removed, but not its target.
  if (!there.isDirectory()) {
    io.unlinkSync(dir);
    return;
  }
  const names = io.readdirSync(dir) as string[];
  for (const name of names) io.unlinkSync(join(dir, name));
  io.rmdirSync(dir);
}
