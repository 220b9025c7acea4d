import type { Change, Head, Transaction } from '../domain/changes.ts';

export interface Tip {
  readonly seq: number;
  readonly hash: string;
}

/** What a commit says of itself; the journal adds the number, the chain and the salt. */
export type Commit = Omit<Head, 'seq'> & { readonly changes: readonly Change[] };

/** A transaction that was read, and how many bytes it takes. */
export type Stored = Transaction & { readonly size: number };

/**
 * The truth: transactions 1, 2, 3, ... Nothing but `append` adds to it, and nothing changes what is there.
 * Every implementation passes the same suite (test/store/journal-contract.ts).
 */
export interface Journal {
  /** The last transaction; seq 0 where there is none. */
  tip(): Promise<Tip>;
  /** The transactions from `after + 1` on, in order, to the tip or `to`. Throws INVALID where the chain is broken. */
  read(after: number, to?: number): Promise<Stored[]>;
  /**
   * Makes the transaction number `after.seq + 1`: what it returns is durable. Returns undefined where that number
   * is taken: nothing was written, and whoever asked must decide again on the new state.
   */
  append(after: Tip, commit: Commit): Promise<Tip | undefined>;
  /** The number of the transaction that has this request id, if any. */
  findRequest(request: string): Promise<number | undefined>;
}
