/**
 * The past of all deals: from the cache, extended by the transactions after it, or folded anew from the journal where
 * the cache is missing, damaged, of another journal, or of before a purge.
 */
import { join } from 'node:path';
import { isPurge } from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';
import type { DealHistory } from '../state/deal-history.ts';
import { HistoryFold } from '../state/fold-history.ts';
import type { CacheDirectory } from './cache-directory.ts';
import { removeQuietly, type Temporary } from './durable.ts';
import { GENESIS } from './encoding.ts';
import { DamagedHistory, HISTORY_FILE, openHistory, writeHistory } from './history-file.ts';
import { codeOf, type Io, NotOurs } from './io.ts';
import type { Journal, Tailed, Tip } from './journal.ts';

/** Transactions after the kept one until it is written again: to extend it by fewer costs less than to write it. */
const WRITTEN_AFTER = 64;
/** Transactions that are read at once: a pack has as many. */
const BLOCK = 256;

/** What a history is read and kept with. */
export interface HistoryPlace {
  readonly io: Io;
  readonly caches: Pick<CacheDirectory, 'path' | 'make'>;
  readonly version: string;
  readonly temporary: Temporary;
  readonly journal: Journal;
}

/**
 * Returns the past as of `tip`. `use` reads what it needs of the columns there and then; it is called again with a
 * history that was folded anew where the kept one turns out to be damaged.
 */
export async function withHistory<T>(
  place: HistoryPlace,
  { tip, tail }: { readonly tip: Tip; readonly tail: readonly Tailed[] },
  use: (history: DealHistory) => T,
): Promise<T> {
  const kept = openHistory(place.io, place.caches.path, place.version);
  if (kept)
    try {
      const extended = await extend(place, kept, tip, tail);
      if (extended) return use(extended);
    } catch (error) {
      if (!(error instanceof DamagedHistory)) throw error;
    }
  const made = await foldAnew(place, tip);
  await keep(place, made);
  return use(made);
}

/** The kept history with what came after it; undefined where it is of another journal, or of before a purge. */
async function extend(
  place: HistoryPlace,
  kept: DealHistory,
  tip: Tip,
  tail: readonly Tailed[],
): Promise<DealHistory | undefined> {
  if (kept.seq > tip.seq) return undefined;
  if (kept.seq === tip.seq) return kept.hash === tip.hash ? kept : undefined;
  const first = tail[0]?.seq ?? Number.POSITIVE_INFINITY;
  const after: readonly Tailed[] =
    first <= kept.seq + 1 ? tail.slice(kept.seq + 1 - first) : await place.journal.read(kept.seq, tip.seq);
  const before = first <= kept.seq ? tail[kept.seq - first]!.hash : after[0]?.prev;
  if (before !== kept.hash || after.some(erases)) return undefined;
  const fold = new HistoryFold(kept);
  for (const tx of after) fold.take(tx);
  const extended = fold.finish();
  if (after.length >= WRITTEN_AFTER) await keep(place, extended);
  return extended;
}

async function foldAnew({ journal }: HistoryPlace, tip: Tip): Promise<DealHistory> {
  const fold = new HistoryFold();
  let prev = GENESIS;
  for (let seq = 0; seq < tip.seq; seq += BLOCK)
    for (const tx of await journal.read(seq, Math.min(seq + BLOCK, tip.seq))) {
      if (tx.prev !== prev)
        throw invalid(
          `transaction ${tx.seq} does not follow ${tx.seq - 1}: two histories were mixed`,
          'crm doctor',
        );
      prev = tx.hash;
      fold.take(tx);
    }
  return fold.finish();
}

/** A cache that cannot be written is a slower next start, and no more. */
async function keep(
  { io, caches, version, temporary, journal }: HistoryPlace,
  history: DealHistory,
): Promise<void> {
  try {
    const dir = caches.make(temporary);
    if (dir === undefined) return;
    writeHistory(io, dir, temporary, version, history);
    // A purge since may have looked for the file before it was there.
    if ((await journal.read(history.seq)).some(erases)) removeQuietly(io, join(dir, HISTORY_FILE));
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
}

const erases = (tx: Tailed): boolean => tx.erases !== undefined || tx.changes.some(isPurge);
