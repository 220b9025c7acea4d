/**
 * The past of all deals: from the cache, extended by the transactions after it, or folded anew from the journal if
 * the cache is missing, damaged, of another journal, or older than a purge.
 */
import { join } from 'node:path';
import { isPurge } from '../../domain/changes.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Kinds } from '../../domain/kinds.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import { HistoryFold } from '../../state/fold-history.ts';
import type { CacheDirectory } from '../caches/cache-directory.ts';
import { removeQuietly, type Temporary } from '../disk/durable.ts';
import { GENESIS } from '../lines/encoding.ts';
import { LineFold } from './fold-lines.ts';
import { DamagedHistory, HISTORY_FILE, openHistory, writeHistory } from './history-file.ts';
import { codeOf, type Io, NotOurs } from '../disk/io.ts';
import type { Journal, Tailed, Tip } from '../journal/journal.ts';
import type { JournalLines } from '../journal/journal-lines.ts';

/**
 * The number of transactions after which the cache is written again: extending it by fewer costs less than writing
 * it.
 */
const WRITTEN_AFTER = 64;
/** The fewest bytes of the journal per row of the history: estimates the room for rows. */
const BYTES_OF_ROW = 100;

/** What a history is read and kept with. */
export interface HistoryPlace {
  readonly io: Io;
  readonly caches: Pick<CacheDirectory, 'path' | 'make'>;
  readonly version: string;
  readonly temporary: Temporary;
  readonly journal: Pick<Journal, 'read'>;
  /** The same journal. */
  readonly lines: Pick<JournalLines, 'read' | 'sizeOf'>;
  readonly kinds: Kinds;
}

/**
 * Calls `use` with the past as of `tip`. `use` must read the columns that it needs before it returns. If the cache
 * turns out to be damaged, it is called again with a history that was folded anew.
 */
export async function withHistory<T>(
  place: HistoryPlace,
  { tip, tail }: { readonly tip: Tip; readonly tail: readonly Tailed[] },
  use: (history: DealHistory) => T,
): Promise<T> {
  const known = lastOf.get(place.journal);
  const isKnown = known?.seq === tip.seq && known.hash === tip.hash;
  const kept = isKnown ? known : openHistory(place.io, place.caches.path, place.version);
  if (kept)
    try {
      const extended = await extend(place, kept, tip, tail);
      if (extended) {
        lastOf.set(place.journal, extended);
        return use(extended);
      }
    } catch (error) {
      if (!(error instanceof DamagedHistory)) throw error;
    }
  const made = await foldedTo(place, tip);
  await keep(place, made);
  lastOf.set(place.journal, made);
  return use(made);
}

/** The history that was read last, since the reports of a page use the same columns one after the other. */
const lastOf = new WeakMap<object, DealHistory>();

/** Returns the cached history, extended to the tip; undefined if it is of another journal, or older than a purge. */
async function extend(
  place: HistoryPlace,
  kept: DealHistory,
  tip: Tip,
  tail: readonly Tailed[],
): Promise<DealHistory | undefined> {
  if (kept.seq > tip.seq) return undefined;
  if (kept.seq === tip.seq) return kept.hash === tip.hash ? kept : undefined;
  const extended = byTail(kept, tail) ?? (await byLines(place, kept, tip));
  if (extended === 'misfit') return undefined;
  if (tip.seq - kept.seq >= WRITTEN_AFTER) await keep(place, extended);
  return extended;
}

/** Extends a history by transactions that are in memory already; undefined if these begin later. */
function byTail(kept: DealHistory, tail: readonly Tailed[]): DealHistory | 'misfit' | undefined {
  const first = tail[0]?.seq ?? Number.POSITIVE_INFINITY;
  if (first > kept.seq + 1) return undefined;
  const after = tail.slice(kept.seq + 1 - first);
  const before = first <= kept.seq ? tail[kept.seq - first]!.hash : after[0]?.prev;
  if (before !== kept.hash || after.some(erases)) return 'misfit';
  const fold = new HistoryFold(kept);
  for (const tx of after) fold.take(tx);
  return fold.finish();
}

async function byLines(place: HistoryPlace, kept: DealHistory, tip: Tip): Promise<DealHistory | 'misfit'> {
  try {
    const { history, erases } = await foldFrom(place, kept, tip, kept);
    return erases ? 'misfit' : history;
  } catch (error) {
    // If the journal itself is damaged, and not just a different one, folding it anew throws the error again.
    if (error instanceof CrmError && error.kind === 'INVALID') return 'misfit';
    throw error;
  }
}

/** Returns the past as it was known at a transaction, without later ones. */
export async function foldedTo(place: HistoryPlace, tip: Tip): Promise<DealHistory> {
  const { history } = await foldFrom(place, { seq: 0, hash: GENESIS }, tip);
  return history;
}

/** Folds the transactions after `from` up to `to` onto `base`; returns also whether one of them erases something. */
async function foldFrom({ lines, kinds }: HistoryPlace, from: Tip, to: Tip, base?: DealHistory) {
  const fold = new HistoryFold(base, Math.ceil(lines.sizeOf(from.seq, to.seq) / BYTES_OF_ROW));
  const taker = new LineFold(fold, kinds, from);
  await lines.read(from.seq, to.seq, taker);
  return { history: fold.finish(taker.told()), erases: taker.erases };
}

/** A cache that cannot be written only makes the next start slower. */
async function keep(
  { io, caches, version, temporary, journal }: HistoryPlace,
  history: DealHistory,
): Promise<void> {
  try {
    const dir = caches.make(temporary);
    if (dir === undefined) return;
    writeHistory(io, dir, temporary, version, history);
    // A later purge may have looked for the file before it existed.
    if ((await journal.read(history.seq)).some(erases)) removeQuietly(io, join(dir, HISTORY_FILE));
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
}

const erases = (tx: Tailed): boolean => tx.erases !== undefined || tx.changes.some(isPurge);
