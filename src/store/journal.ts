import { type Change, type Erasure, type Head, idOf, type Transaction } from '../domain/changes.ts';
import { invalid } from '../domain/errors.ts';
import { encode } from './encoding.ts';
import type { Mention } from './mentions.ts';

export interface Tip {
  readonly seq: number;
  readonly hash: string;
}

/** What a commit says of itself; the journal adds the number, the chain and the salt. */
export type Commit = Omit<Head, 'seq' | 'purged'> & {
  readonly changes: readonly Change[];
  /** Of a purge: what is erased once it is appended. */
  readonly erases?: readonly Erasure[];
};

/** A transaction that was read, and how many bytes it takes. */
export type Stored = Transaction & { readonly size: number };

/** What a state and its past are made of, without who did it and how; `prev` only of the first of several. */
export type Tailed = Omit<Stored, 'request' | 'asked' | 'by' | 'via' | 'prev'> & {
  readonly prev?: string;
};

/**
 * The truth: transactions 1, 2, 3, ... Nothing but `append` adds to it, and nothing but `redact` changes what is there.
 *
 * Any home that can put a transaction at a number only if nobody has can be a journal: a directory (link), a table with
 * the number as its key, a bucket with conditional puts. So all that goes in and out is data, the lines of a transaction
 * are made by `encodeCommit` and `encodeLeft` alone, so that every home has the same bytes and the same chain of hashes,
 * and nothing here speaks of files. Every implementation passes the same suite (test/store/journal-contract.ts).
 */
export interface Journal {
  /** Returns the last transaction; seq 0 if there is none. */
  tip(): Promise<Tip>;
  /** Returns the transactions from `after + 1` on, in order, to the tip or `to`. Throws INVALID where the chain is broken. */
  read(after: number, to?: number): Promise<Stored[]>;
  /**
   * Yields the transactions that change records of these ids, without their other changes, the newest first. What is about other
   * records is not read, and hashes are not checked: a card shows what happened with one of many records.
   */
  mentions(ids: ReadonlySet<string>): AsyncIterable<Mention>;
  /**
   * Makes the transaction number `after.seq + 1`: what it returns is durable. Returns undefined where that number
   * is taken: nothing was written, and the caller must decide again on the new state.
   */
  append(after: Tip, commit: Commit): Promise<Tip | undefined>;
  /**
   * Takes records of these ids out of each transaction that the purge of this number erases something from, durably:
   * the number, the chain and the hash of the transaction stay. Refused where the purge does not name just what is then
   * left. The last come first: cut short, it leaves of each record what it was at first, not changes of what is not
   * there; called again, it does what is left to do.
   */
  redact(purge: number, ids: ReadonlySet<string>): Promise<void>;
  /** Returns the number of the transaction that has this request id, if any. */
  findRequest(request: string): Promise<number | undefined>;
}

/** Writes the lines of the transaction that a commit after `after` is; returns its hash. */
export function encodeCommit(
  after: Tip,
  { changes, erases, ...head }: Commit,
  salt: string,
  write: (chunk: Buffer) => void,
): string {
  const body = { changes, ...(erases && { erases }) };
  return encode({ ...head, seq: after.seq + 1, prev: after.hash, salt }, body, write);
}

/** How many transactions `backwards` reads at once: as many as a pack has, so that each pack is read once. */
const BLOCK = 256;

/** Yields transactions from the tip, or from `from`, backwards to the first. */
export async function* backwards(
  journal: Pick<Journal, 'tip' | 'read'>,
  from?: number,
): AsyncGenerator<Transaction> {
  const last = from ?? (await journal.tip()).seq;
  for (let to = last; to > 0; ) {
    const after = Math.floor((to - 1) / BLOCK) * BLOCK;
    yield* (await journal.read(after, to)).reverse();
    to = after;
  }
}

/** What is left of a transaction when the records of these ids are erased from it by the purge of that number. */
export function without(tx: Transaction, ids: ReadonlySet<string>, purge: number): Transaction {
  return { ...tx, changes: tx.changes.filter(change => !ids.has(idOf(change))), purged: purge };
}

/** The lines of what is left of a transaction, and the hash by which a purge names it. */
export function encodeLeft(left: Transaction): { lines: Buffer[]; now: string } {
  const lines: Buffer[] = [];
  const { changes, erases, hash, ...head } = left;
  // The salt kept what was there from being guessed by its hash, and arguments could be guessed by their digest: both go.
  const { salt: _, asked: _asked, ...unsalted } = head as typeof head & { salt?: string };
  const body = { changes, ...(erases && { erases }) };
  const now = encode(unsalted, body, chunk => lines.push(chunk), hash);
  return { lines, now };
}

/** Throws INVALID unless one of the erasures is this one. */
export function requireErasure(erasures: readonly Erasure[] | undefined, { seq, now }: Erasure): void {
  if (!erasures?.some(erasure => erasure.seq === seq && erasure.now === now))
    throw invalid(`no purge says that this is left of transaction ${seq}`, 'crm doctor');
}
