import { type Change, type Erasure, type Head, idOf, type Transaction } from '../../domain/changes.ts';
import { invalid } from '../../domain/errors.ts';
import { encode } from '../lines/encoding.ts';
import type { Mention } from './mentions.ts';

export interface Tip {
  readonly seq: number;
  readonly hash: string;
}

/** The data of a commit; the journal adds the number, the chain and the salt. */
export type Commit = Omit<Head, 'seq' | 'purged'> & {
  readonly changes: readonly Change[];
  /** For a purge: the erasures, which are done after the purge is appended. */
  readonly erases?: readonly Erasure[];
};

/** A transaction that was read, and its size in bytes. */
export type Stored = Transaction & { readonly size: number };

/**
 * The parts of a transaction that a state and its past are made of, without author and command; only the first of
 * several has `prev`.
 */
export type Tailed = Omit<Stored, 'request' | 'asked' | 'by' | 'via' | 'prev'> & {
  readonly prev?: string;
};

/**
 * The truth: transactions 1, 2, 3, ... Only `append` adds to it, and only `redact` changes existing transactions.
 *
 * A journal can live in any home that can put a transaction at a number only if the number is free: a directory
 * (link), a table with the number as its key, a bucket with conditional puts. So everything that goes in and out is
 * data, and nothing here speaks of files. Only `encodeCommit` and `encodeLeft` make the lines of a transaction, so
 * that every home has the same bytes and the same chain of hashes. Every implementation passes the same suite
 * (test/store/journal-contract.ts).
 */
export interface Journal {
  /** Returns the last transaction; seq 0 if there is none. */
  tip(): Promise<Tip>;
  /**
   * Returns the transactions from `after + 1` on, in order, to the tip or `to`. Throws INVALID if the chain is
   * broken. With `isLazy`, additions may be parsed only when somebody asks for their records; what is not an addition then
   * throws INVALID.
   */
  read(after: number, to?: number, isLazy?: boolean): Promise<Stored[]>;
  /**
   * Yields the transactions that change records of these ids, without their other changes, the newest first. Lines
   * about other records are not read, and hashes are not checked, because a card shows the history of one of many
   * records.
   */
  mentions(ids: ReadonlySet<string>): AsyncIterable<Mention>;
  /**
   * Yields the transactions that change records or files of these ids, whole and verified, the newest first. Files of the
   * journal in which no such id stands are not parsed.
   */
  about(ids: ReadonlySet<string>): AsyncIterable<Stored>;
  /**
   * Makes the transaction number `after.seq + 1`; a returned transaction is durable. Returns undefined if that number
   * is taken: nothing was written, and the caller must decide again on the new state.
   */
  append(after: Tip, commit: Commit): Promise<Tip | undefined>;
  /**
   * Removes records of these ids from each transaction from which the purge of this number erases, durably; the
   * number, the chain and the hash of the transaction stay. Refuses if the purge does not name exactly what then
   * remains. Begins with the last transaction: if it is cut short, the first changes of a record remain, and no
   * change of a record that is gone. Called again, it does the rest.
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

/** The number of transactions that `backwards` reads together: the size of a pack, so that each pack is read once. */
const BLOCK = 256;

/** Yields the transactions from the tip, or from `from`, back to the first. */
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

/** Whether a transaction changes one of these records or files. */
export const isAbout = ({ changes }: Pick<Transaction, 'changes'>, ids: ReadonlySet<string>): boolean =>
  changes.some(change => ids.has(idOf(change)));

/** Returns what remains of a transaction after the purge of that number erased the records of these ids from it. */
export function without(tx: Transaction, ids: ReadonlySet<string>, purge: number): Transaction {
  return { ...tx, changes: tx.changes.filter(change => !ids.has(idOf(change))), purged: purge };
}

/** Returns the lines of what remains of a transaction, and the hash by which a purge names it. */
export function encodeLeft(left: Transaction): { lines: Buffer[]; now: string } {
  const lines: Buffer[] = [];
  const { changes, erases, hash, ...head } = left;
  // The salt prevented guessing the content by its hash, and the digest would allow guessing the arguments, so both
  // are removed.
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
