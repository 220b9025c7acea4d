/** What a commit is asked to do, and what it answers. */
import type { Change } from '../../../domain/changes.ts';
import type { Draft } from '../../../state/draft.ts';
import type { State } from '../../../state/state.ts';
import type { Holding } from './holding.ts';

export interface CommitOptions {
  /** The command, as the history shows it: `deal move`. */
  readonly via: string;
  /** Asked once, before the lock is taken; throws to give up. */
  readonly confirm?: (draft: Draft) => Promise<void>;
  /** Commits what people wrote in files even where there is nothing else to commit. */
  readonly takeIn?: boolean;
  /** The actor if it is not the viewer: a sweep. */
  readonly by?: string;
  /** What must be shared at once, in words that begin a sentence: `a sweep`. Refused while changes of this machine wait. */
  readonly online?: string;
  /** Puts back what a sync had set aside: until all of it is back, nothing else may be changed. */
  readonly putsBack?: true;
  /** Records what has happened outside already: a hook is told of it and not asked, since a refusal would only hide it. */
  readonly happened?: true;
  /** Holds the state open for the next commit of this process; the snapshots are written later. */
  readonly holding?: Holding;
}

export interface Committed<T> {
  /** The transaction; null where nothing changed, and in a dry run. */
  readonly tx: number | null;
  /** What the decision returned; undefined where the request had been carried out before, and nothing was decided. */
  readonly result: T | undefined;
  readonly changes: readonly Change[];
  readonly state: State;
}
