/**
 * An opened store, as values: the journal's tip, and the base under it. The records of a kind are its snapshot, which
 * is true up to some transaction, and the later transactions on top:
 *
 *     transactions   1 ............ 180 ............ 240 ........ 256
 *     deals          snapshot of 240, true up to 240 | tail ......... |
 *     accounts       snapshot of 180, true up to 240 | tail ......... |   no account was changed from 181 to 240
 *     tasks          snapshot of 180 | tail ......................... |   they were, and a killed command left it behind
 *
 * The base is the lowest of these, and the tail is everything after it.
 */
import type { Transaction } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import { type Base, State } from '../../state/state.ts';
import type { Stored, Tailed, Tip } from '../journal/journal.ts';
import type { OpenSnapshot, SnapshotKind } from '../snapshot/snapshot.ts';

/** data/checkpoint.json: each kind's snapshot of transaction `current[kind]` is still true as of `seq`. */
export interface Checkpoint {
  readonly format: number;
  readonly seq: number;
  readonly hash: string;
  /** When that transaction was made. */
  readonly at?: string;
  readonly current: { readonly [kind in SnapshotKind]?: number };
}

/** The workspace as of one transaction: the journal's tip and what lies under it. */
export interface Opened {
  readonly tip: Tip;
  readonly base: Base;
  /** The transactions after the base, in order. */
  readonly tail: readonly Tailed[];
  /** The signatures of their files, as the journal has them (`requireAsRead`). */
  readonly signatures: string;
  readonly checkpoint: Checkpoint | undefined;
  /**
   * The files of another journal, or of a newer state of this one: they are ignored, and nothing is written until
   * that is settled.
   */
  readonly misfit: string | undefined;
  readonly snapshots: ReadonlyMap<SnapshotKind, KindBase>;
}

/** The base of one kind, before the tail: a snapshot and the transaction up to which it is true, or nothing. */
export interface KindBase {
  readonly snapshot: OpenSnapshot | undefined;
  readonly seq: number;
  /** The snapshot was changed by hand: it is neither read nor overwritten. */
  readonly edited: boolean;
}

/** Returns the state that an opened store stands for: its base with the tail on top. */
export function stateOf(opened: Opened, config: Config): State {
  const state = new State(opened.base, config);
  for (const tx of opened.tail) applyTransaction(state, tx);
  return state;
}

/** Returns an opened store with transactions on top that were verified, and put into the journal after its tip. */
export function continued(opened: Opened, transactions: readonly Stored[]): Opened {
  const last = transactions.at(-1);
  if (!last) return opened;
  const signatures = [
    ...(opened.tail.length > 0 ? [opened.signatures] : []),
    // Nobody has looked at their files.
    ...transactions.map(() => ''),
  ];
  return {
    ...opened,
    tip: { seq: last.seq, hash: last.hash },
    tail: [...opened.tail, ...transactions],
    signatures: signatures.join('\n'),
  };
}

/** Returns the hash of the tip, of a transaction of the tail or of the one before it; undefined for any other. */
export function hashOf({ tip, tail }: Pick<Opened, 'tip' | 'tail'>, seq: number): string | undefined {
  if (seq === tip.seq) return tip.hash;
  const [first] = tail;
  if (!first) return undefined;
  return seq === first.seq - 1 ? first.prev : tail[seq - first.seq]?.hash;
}

export function applyTransaction(
  state: State,
  tx: Pick<Transaction, 'seq' | 'at' | 'changes' | 'trigger'>,
): void {
  for (const change of tx.changes) state.apply(change, tx.at, tx.seq, tx.trigger === false);
}
