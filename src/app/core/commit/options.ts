/** The options and the result of a commit. */
import type { Change } from '../../../domain/changes.ts';
import type { Draft } from '../../../state/draft.ts';
import type { State } from '../../../state/state.ts';
import type { Holding } from './holding.ts';

export interface CommitOptions {
  /** The command, as the history shows it: `deal move`. */
  readonly via: string;
  /** Asked once, before the lock is taken; throws to give up. */
  readonly confirm?: (draft: Draft) => Promise<void>;
  /** Commits edits of files by people even if there is nothing else to commit. */
  readonly takeIn?: boolean;
  /** The actor if it is not the viewer: a sweep. */
  readonly by?: string;
  /**
   * Set for work that must be shared at once, as the beginning of a sentence: `a sweep`. Refused while changes of
   * this machine wait.
   */
  readonly online?: string;
  /** Set while a sync puts back transactions that it had set aside: until all are back, nothing else may be changed. */
  readonly putsBack?: true;
  /**
   * Records something that has already happened outside: hooks are told of it but not asked, because a refusal would
   * only hide it.
   */
  readonly happened?: true;
  /** Holds the state open for the next commit of this process; the snapshots are written later. */
  readonly holding?: Holding;
}

export interface Committed<T> {
  /** The transaction; null if nothing changed, and in a dry run. */
  readonly tx: number | null;
  /**
   * The return value of the decision; undefined if the request had been carried out before, so that nothing was
   * decided.
   */
  readonly result: T | undefined;
  readonly changes: readonly Change[];
  readonly state: State;
}
