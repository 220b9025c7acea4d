/** The input of a plan: the present state, the changes since the last sweep, and the tools of rules. */
import type { Change } from '../../domain/changes.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import type { Languages } from '../texts/languages.ts';
import type { Recorder } from '../recorder.ts';

export interface PlanInput {
  /** The state as of this sweep, with its settings; the plan does not change it. */
  readonly after: State;
  /** The time of this sweep, ms. */
  readonly now: number;
  readonly since: SinceLast;
  readonly tools: Tools;
  readonly asked?: Asked;
}

/** What lies between the last sweep and this one. */
export interface SinceLast {
  /** The last transaction that the last sweep saw, and its time, -Infinity if there was no sweep. */
  readonly last: Moment;
  /** The transactions since, in order. */
  readonly transactions: readonly Done[];
  /**
   * Returns the state as of a transaction since the last sweep. It already has the later changes that must not
   * trigger rules.
   */
  before(seq: number): State;
  /** Rules with a later beginning, because they were enabled, or run alone, since the last sweep. */
  readonly later: ReadonlyMap<string, Moment>;
  /** Rules that were enabled for existing records too, which they see as if they had just been added. */
  readonly existing: ReadonlySet<string>;
}

/** A point in the history: after a transaction, and after a time (ms). */
export interface Moment {
  readonly seq: number;
  readonly at: number;
}

/** A transaction since the last sweep. */
export interface Done {
  readonly seq: number;
  /** When it was made, ms. */
  readonly at: number;
  readonly changes: readonly Change[];
  /** Whether its changes may start rules. */
  readonly trigger: boolean;
}

/** The languages of rules, and how their steps write. */
export interface Tools extends Languages {
  /** Returns the recorder with which the sweep writes on a draft. */
  recorder(draft: Draft): Recorder;
  /** Returns the hash of a file below `files/`; undefined if there is no such file. Left out: there are no files. */
  readonly hashOf?: ((path: string) => string | undefined) | undefined;
}

/** Options of one plan, none of which changes the meaning of rules. */
export interface Asked {
  /** Runs only this rule; transitions are left out. */
  readonly only?: string | undefined;
  /** Plans for this subject only. */
  readonly subject?: string | undefined;
  /** Whether the plan may end as soon as it has found anything to do. */
  readonly first?: boolean | undefined;
  /** Whether the trace says why each deal was moved, and what was left out. */
  readonly isExplained?: boolean | undefined;
  /** Called now and then with the progress. */
  readonly progress?: ((far: Progress) => void) | undefined;
}

/**
 * The progress of a sweep: the current rule, the number of rules, the round (from 0), and the number of subjects so
 * far.
 */
export interface Progress {
  readonly automation: string;
  readonly index: number;
  readonly of: number;
  readonly round: number;
  readonly subjects: number;
}
