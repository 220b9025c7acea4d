/**
 * `tail.json` among the caches: transactions after the last checkpoint as they were read and verified, in one file where the
 * journal has a file for each. The chain of hashes vouches for it: while the journal's file of the last one of them is
 * the one that was read, what came before is what it was. So a reader looks at that file alone; a writer looks
 * whether the others are those that were read, since nothing is to be written on top of damage.
 */
import { join } from 'node:path';
import type { CacheDirectory } from '../caches/cache-directory.ts';
import { removeQuietly, type Temporary } from '../disk/durable.ts';
import { codeOf, type Io } from '../disk/io.ts';
import type { Tailed } from './journal.ts';
import { readCache, writeCache } from '../caches/text-cache.ts';

/** A larger tail, in bytes of the journal, is about to become a snapshot. */
const LARGEST = 1 << 20;

/** Where it is kept, if there is such a place. */
type Caches = Pick<CacheDirectory, 'path' | 'make'>;

export const TAIL_FILE = 'tail.json';

/** Transactions that follow each other, and the signatures of their files. */
export interface Kept {
  /** A line for each: of the journal's file that has it, empty where a pack has it. Only a writer parses it. */
  readonly signatures: string;
  readonly transactions: readonly Tailed[];
}

interface Content extends Kept {
  /** Of crm, which says what a transaction is like. */
  readonly version: string;
}

const NOTHING: Kept = { signatures: '', transactions: [] };

/** Returns its transactions, whatever became of the journal since; none if it cannot be read. */
export function keptIn(io: Io, caches: Caches): readonly Tailed[] {
  const kept = readCache<Partial<Content> | null>(io, caches.path, TAIL_FILE)?.value?.transactions;
  return Array.isArray(kept) ? kept.filter(tx => typeof tx?.seq === 'number') : [];
}

/** No more than is needed: every command reads this. */
function tailed({ seq, prev, hash, at, trigger, undoes, purged, erases, changes, size }: Tailed, i: number) {
  return { seq, ...(i === 0 && { prev }), hash, at, trigger, undoes, purged, erases, changes, size };
}

export class TailFile {
  readonly #io: Io;
  readonly #caches: Caches;
  readonly #version: string;
  readonly #temporary: Temporary;

  constructor(io: Io, caches: Caches, version: string, temporary: Temporary) {
    this.#io = io;
    this.#caches = caches;
    this.#version = version;
    this.#temporary = temporary;
  }

  /** The transactions from `after + 1` on; `signatureOf` says what signature the journal's file of one has now. */
  read(after: number, signatureOf: (seq: number) => string): Kept {
    const content = readCache<Content | null>(this.#io, this.#caches.path, TAIL_FILE)?.value;
    if (content?.version !== this.#version || !isWhole(content)) return NOTHING;
    const { signatures, transactions } = content;
    const [first, last] = [transactions[0]!.seq, transactions.at(-1)!.seq];
    // Nobody needs transactions before the checkpoint, and a purge may have erased some of them since.
    if (last <= after) this.#remove();
    const ofLast = signatures.slice(signatures.lastIndexOf('\n') + 1);
    if (first > after + 1 || last <= after || signatureOf(last) !== ofLast) return NOTHING;
    const from = after + 1 - first;
    if (from === 0) return content;
    const begin = { ...transactions[from]!, prev: transactions[from - 1]!.hash };
    return {
      signatures: signatures.split('\n').slice(from).join('\n'),
      transactions: [begin, ...transactions.slice(from + 1)],
    };
  }

  /**
   * Keeps transactions that follow each other, `fresh` of which are not here yet: to write all of them costs less than
   * loading what verifies one, which every reader would do until the next commit. Where something was committed since
   * they were read (`isLast` says), it may have been a purge, which looked for this file before it was here.
   */
  keep({ transactions, signatures }: Kept, fresh: number, isLast: () => boolean): void {
    const size = transactions.reduce((sum, tx) => sum + tx.size, 0);
    if (fresh === 0 || size > LARGEST) return;
    const content = { version: this.#version, signatures, transactions: transactions.map(tailed) };
    try {
      const dir = this.#caches.make(this.#temporary);
      if (dir === undefined) return;
      writeCache(this.#io, dir, TAIL_FILE, this.#temporary, content);
      if (!isLast()) this.#remove();
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
  }

  #remove(): void {
    const { path } = this.#caches;
    if (path !== undefined) removeQuietly(this.#io, join(path, TAIL_FILE));
  }
}

const isWhole = ({ signatures, transactions }: Content): boolean =>
  typeof signatures === 'string' && Array.isArray(transactions) && transactions.length > 0;
