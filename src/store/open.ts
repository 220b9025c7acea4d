/**
 * Opens a store: the snapshots, then the transactions after them. Only heads and the tail are read; records are read
 * on demand. Files that do not fit the journal are ignored, because the journal is the truth.
 */
import { join } from 'node:path';
import type { Config } from '../domain/config.ts';
import type { Rec } from '../domain/records.ts';
import type { Base, Trashed } from '../state/state.ts';
import { cacheVerified } from './columns/cache.ts';
import { keptCheckpoint, readCheckpoint } from './checkpoint/checkpoint-file.ts';
import { GENESIS } from './lines/encoding.ts';
import type { FileJournal } from './journal/file-journal.ts';
import { namesIn, requireOwnDirectory } from './disk/io.ts';
import type { Tailed, Tip } from './journal/journal.ts';
import type { Checkpoint, KindBase, Opened } from './checkpoint/opened.ts';
import { sourceOf } from './columns/projection.ts';
import { parseBody } from './columns/records-file.ts';
import type { Site } from './site/site.ts';
import {
  areIntact,
  isAddedLater,
  type OpenSnapshot,
  openSnapshot,
  readBody,
  type SnapshotKind,
  snapshotFile,
  snapshotKinds,
  snapshotPieces,
} from './snapshot/snapshot.ts';
import { TailFile } from './journal/tail-file.ts';
import { Verified } from './caches/verified.ts';

/** Opens the snapshots under the journal's tip, and the tail. INVALID if the journal or the checkpoint is damaged. */
export async function openStore(site: Site, journal: FileJournal, config: Config): Promise<Opened> {
  requireOwnDirectory(site.io, site.data);
  const checkpoint = readCheckpoint(site.io, site.data);
  // A kind that nobody has changed for years has an old snapshot, and only a checkpoint says that it is still true.
  const kept = checkpoint ? undefined : keptCheckpoint(site);
  let found = await openUnder(site, journal, checkpoint ?? kept);
  if (kept && found.misfit !== undefined) found = await openUnder(site, journal, undefined);
  const { first, misfit, ...opened } = found;
  if (misfit !== undefined) return openJournal(site, journal, config, misfit);
  return { ...opened, checkpoint, misfit, base: baseOf(site, opened.snapshots, first, config) };
}

/** Opens the same as a checkpoint says. */
async function openUnder(site: Site, journal: FileJournal, checkpoint: Checkpoint | undefined) {
  const verified = Verified.read(site.io, site.caches.path);
  // Snapshots are opened before the journal is listed, so that they are at or below its tip.
  const snapshots = new Map<SnapshotKind, KindBase>();
  // Most workspaces lack some kinds, and opening a file that is not there costs more than this list.
  const names = new Set(namesIn(site.io, site.data));
  for (const kind of snapshotKinds(site.options.kinds)) {
    const file = snapshotFile(site.options.kinds, kind);
    const snapshot = names.has(file) ? openSnapshot(site.io, site.data, file) : undefined;
    snapshots.set(kind, baseOfKind(site, kind, snapshot, checkpoint, verified));
  }
  cacheVerified(site, verified);
  const first = Math.min(...[...snapshots.values()].map(s => s.seq));
  const { tail, signatures, tip } = await tailAfter(site, journal, first);
  const misfit =
    misfitOf(site, snapshots, checkpoint, tail, tip) ?? lossOf(site, journal, snapshots, tip, verified);
  return { tip, tail, signatures, misfit, snapshots, first };
}

/** Opens the journal alone, if the snapshots do not fit it. */
async function openJournal(
  site: Site,
  journal: FileJournal,
  config: Config,
  misfit: string,
): Promise<Opened> {
  site.options.warn(`${misfit}; the journal is what counts, and crm doctor says how to go on`);
  const none: KindBase = { snapshot: undefined, seq: 0, edited: false };
  const snapshots = new Map(snapshotKinds(site.options.kinds).map(kind => [kind, none]));
  const { tail, signatures, tip } = await tailAfter(site, journal, 0);
  const base = baseOf(site, snapshots, 0, config);
  return { tip, tail, signatures, checkpoint: undefined, misfit, snapshots, base };
}

/** Returns the transactions after `seq`, and the last one, of the same moment, even if others commit meanwhile. */
async function tailAfter(
  { io, caches, options, temporary }: Site,
  journal: FileJournal,
  seq: number,
): Promise<Pick<Opened, 'tail' | 'signatures' | 'tip'>> {
  const kept = new TailFile(io, caches, options.version, temporary);
  for (;;) {
    const { transactions: tail, signatures } = await journal.readTail(seq, kept);
    const last = tail.at(-1);
    if (last) return { tail, signatures, tip: { seq: last.seq, hash: last.hash } };
    const tip = await journal.tip();
    if (tip.seq <= seq) return { tail, signatures, tip };
  }
}

/** Returns what holds of a kind before the tail: its snapshot, if that is what crm wrote, and since which transaction. */
function baseOfKind(
  { io, options }: Site,
  kind: SnapshotKind,
  snapshot: OpenSnapshot | undefined,
  checkpoint: Checkpoint | undefined,
  verified: Verified,
): KindBase {
  const kept = checkpoint?.current[kind];
  if (!snapshot) {
    const isEmpty = kept === 0 || (kept === undefined && isAddedLater(options.kinds, kind));
    return { snapshot, seq: isEmpty ? (checkpoint?.seq ?? 0) : 0, edited: false };
  }
  const isTrue = () => areIntact(snapshotPieces(io, snapshot), snapshot.head);
  if (!verified.holds(kind, snapshot.signature, isTrue)) {
    options.warn(
      `${snapshot.path} was changed by hand, or is damaged; it is not used (crm doctor shows the difference)`,
    );
    return { snapshot: undefined, seq: 0, edited: true };
  }
  const seq = kept === snapshot.head.seq ? Math.max(checkpoint!.seq, kept) : snapshot.head.seq;
  return { snapshot, seq, edited: false };
}

/** Says which file is not of this journal, or ahead of it; undefined if all fit. */
function misfitOf(
  { data }: Site,
  snapshots: ReadonlyMap<SnapshotKind, KindBase>,
  checkpoint: Checkpoint | undefined,
  tail: readonly Tailed[],
  tip: Tip,
): string | undefined {
  const known: { readonly seq: number; readonly hash: string; readonly path: string }[] = [
    ...snapshots.values(),
  ].flatMap(({ snapshot }) => (snapshot ? [{ ...snapshot.head, path: snapshot.path }] : []));
  if (checkpoint) known.push({ ...checkpoint, path: join(data, 'checkpoint.json') });
  for (const { seq, hash, path } of known) {
    const actual = hashOf(seq, tail, tip);
    if (seq > tip.seq || (actual !== undefined && actual !== hash))
      return `${path} is of transaction ${seq}, and the journal ${seq > tip.seq ? `ends at ${tip.seq}` : 'has another one of that number'}`;
  }
  return undefined;
}

/** Returns the hash of a transaction if the tail tells it: it has its own transactions, and the one before them. */
function hashOf(seq: number, tail: readonly Tailed[], tip: Tip): string | undefined {
  if (seq === 0) return GENESIS;
  if (seq === tip.seq) return tip.hash;
  const first = tail[0];
  if (first === undefined || seq < first.seq) return first?.seq === seq + 1 ? first.prev : undefined;
  return tail.find(tx => tx.seq === seq)?.hash;
}

/** Says that all of data/ is gone; undefined if it is not, or if nothing shows that it existed. */
function lossOf(
  { caches }: Site,
  { dir }: FileJournal,
  snapshots: ReadonlyMap<SnapshotKind, KindBase>,
  tip: Tip,
  verified: Verified,
): string | undefined {
  if (tip.seq > 0 || Object.keys(verified.known).length === 0) return undefined;
  if ([...snapshots.values()].some(({ snapshot, edited }) => snapshot ?? edited)) return undefined;
  return caches.isOfThis() ? `${dir} has no transaction, though there were records` : undefined;
}

function baseOf(
  site: Site,
  snapshots: ReadonlyMap<SnapshotKind, KindBase>,
  seq: number,
  config: Config,
): Base {
  const body = <T>(kind: SnapshotKind): T[] => {
    const { snapshot } = snapshots.get(kind)!;
    return snapshot ? parseBody<T>(readBody(site.io, snapshot), snapshot.start).records : [];
  };
  return {
    seq,
    seqOf: kind => snapshots.get(kind)!.seq,
    source: kind => sourceOf(site, kind, snapshots.get(kind)!.snapshot, config),
    named: kind => body<Rec>(kind),
    trash: () => body<Trashed>('trash'),
    next: kind => snapshots.get(kind)!.snapshot?.head.next ?? 1,
  };
}
