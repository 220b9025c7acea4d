/**
 * Folds the journal into the snapshots. Only the kinds that changed are written; the checkpoint says that the others
 * are still true. Small snapshots are written at every commit, so that grep finds current records; all of them are
 * written after the tail has become long, so that the next command has little to read.
 */
import { join } from 'node:path';
import { isRestored, kindOf } from '../../domain/changes.ts';
import { leaseIn, type State } from '../../state/state.ts';
import { keepCheckpoint, replaceCheckpoint } from './checkpoint-file.ts';
import { removeQuietly } from '../disk/durable.ts';
import type { FileJournal } from '../journal/file-journal.ts';
import { codeOf } from '../disk/io.ts';
import type { Stored, Tip } from '../journal/journal.ts';
import { deadTemporaries, deadTemporariesIn } from '../site/leftovers.ts';
import type { Opened } from './opened.ts';
import type { Site } from '../site/site.ts';
import { FORMAT, isAddedLater, SMALL, type SnapshotKind, snapshotKinds } from '../snapshot/snapshot.ts';
import { writeKind } from './write-kind.ts';

/** A checkpoint is due when this many transactions of the journal lie after the last one: a pack is full then. */
const TAIL_TRANSACTIONS = 256;
/** A checkpoint is due when the transactions after the last one have this many bytes, which every reader parses. */
const TAIL_BYTES = 256 * 1024;

/** Whether transactions make a checkpoint due by themselves. */
export const isLong = (transactions: readonly Stored[]): boolean =>
  transactions.length >= TAIL_TRANSACTIONS ||
  transactions.reduce((sum, { size }) => sum + size, 0) >= TAIL_BYTES;

/** Stands for no transaction: the checkpoint says nothing about a snapshot that was edited by hand. */
const UNKNOWN = -1;

/**
 * After a commit of `bytes` bytes: writes a checkpoint if it is due, otherwise the small snapshots that are behind.
 * `state` is as of `tip`. A failure is a warning and costs only time, because the commit was saved before.
 */
export function settle(
  site: Site,
  journal: FileJournal,
  opened: Opened,
  state: State,
  tip: Tip,
  bytes: number,
): void {
  // A transaction that waits to be shared may become another one, so no snapshot includes it.
  if (journal.isWaiting()) return;
  try {
    const since = opened.checkpoint?.seq ?? 0;
    const size = opened.tail.reduce((sum, tx) => sum + (tx.seq > since ? tx.size : 0), bytes);
    if (tip.seq - since >= TAIL_TRANSACTIONS || size >= TAIL_BYTES)
      writeCheckpoint(site, journal, opened, state, tip);
    else writeSmall(site, opened, state, tip);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    site.options.warn(
      `saved, but the snapshots could not be brought up to date: ${(error as Error).message}`,
    );
  }
}

function writeSmall(site: Site, opened: Opened, state: State, tip: Tip): void {
  for (const kind of changedKinds(opened, state)) {
    const { snapshot, edited } = opened.snapshots.get(kind)!;
    if (!edited && (snapshot?.size ?? 0) < SMALL) writeKind(site, kind, state, tip);
  }
}

/**
 * Folds the journal up to `tip` into the snapshots, and packs what is old. At the end of a purge, no projections are
 * made from columns in memory, which contain words that no record has any more.
 */
export function writeCheckpoint(
  site: Site,
  journal: FileJournal,
  opened: Opened,
  state: State,
  tip: Tip,
  isPurge = false,
): void {
  if (journal.isWaiting()) return;
  const changed = changedKinds(opened, state);
  const current: { [kind in SnapshotKind]?: number } = {};
  for (const kind of snapshotKinds(site.options.kinds)) {
    const { snapshot, edited } = opened.snapshots.get(kind)!;
    if (edited) {
      // Without it, the kind would look like one that this version does not know.
      if (isAddedLater(site.options.kinds, kind)) current[kind] = UNKNOWN;
      continue;
    }
    if (changed.has(kind)) {
      writeKind(site, kind, state, tip, !isPurge);
      current[kind] = tip.seq;
    } else current[kind] = snapshot?.head.seq ?? 0;
  }
  // Caches are removed after the files that they are made from, and before the checkpoint, which says that all is
  // done.
  if (isPurge) site.caches.clear();
  const at = state.runs().at(-1)?.at ?? opened.checkpoint?.at;
  const checkpoint = { format: FORMAT, seq: tip.seq, hash: tip.hash, ...(at && { at }), current };
  replaceCheckpoint(site.io, site.data, site.temporary, checkpoint);
  keepCheckpoint(site, checkpoint);
  journal.pack(tip.seq);
  removeTemporaries(site);
}

/** Removes the unfinished files of processes that are gone. */
function removeTemporaries({ io, dir, owner, caches: { path } }: Site): void {
  for (const each of deadTemporaries(io, dir, owner)) removeQuietly(io, join(dir, each));
  if (path === undefined) return;
  for (const name of deadTemporariesIn(io, path, owner)) removeQuietly(io, join(path, name));
}

/** Returns the kinds whose snapshots lack some of the state's changes. */
function changedKinds(opened: Opened, state: State): Set<SnapshotKind> {
  const changed = new Set<SnapshotKind>();
  const note = (kind: SnapshotKind, seq: number) => {
    if (seq > opened.snapshots.get(kind)!.seq) changed.add(kind);
  };
  for (const { changes, seq } of state.runs())
    for (const change of changes) {
      note(kindOf(change), seq);
      // Its snapshot says which number comes next.
      const leased = leaseIn(change);
      if (leased && opened.snapshots.has(leased.kind)) note(leased.kind, seq);
      if ('rm' in change || isRestored(change)) note('trash', seq);
    }
  return changed;
}
