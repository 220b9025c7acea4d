/** What a plan is made from: the state now, what lies between the last sweep and this one, and what it may use. */
import type { Change } from '../../domain/changes.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import type { Languages } from '../languages.ts';
import type { Recorder } from '../recorder.ts';

export interface PlanInput {
  /** The state as of this sweep, with its settings; it is left as it is. */
  readonly after: State;
  /** The time of this sweep, ms. */
  readonly now: number;
  readonly since: SinceLast;
  readonly tools: Tools;
  readonly asked?: Asked;
}

/** What lies between the last sweep and this one. */
export interface SinceLast {
  /** What the last sweep saw; the time is -Infinity if there was none. */
  readonly last: Moment;
  /** What was done since, in order. */
  readonly transactions: readonly Done[];
  /** Returns the state as of a transaction since the last sweep; changes that must not trigger count as made in it already. */
  before(seq: number): State;
  /** Rules that look only at what came after something later: they were enabled, or run alone, since the last sweep. */
  readonly later: ReadonlyMap<string, Moment>;
  /** Rules that were enabled so that they see what there was before, as if it had just come. */
  readonly existing: ReadonlySet<string>;
}

/** After which transaction, and after which time (ms). */
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

/** What rules are written in, and how their steps write. */
export interface Tools extends Languages {
  /** Returns what the sweeper writes on a draft with. */
  recorder(draft: Draft): Recorder;
  /** Returns the hash of a file below `files/`; undefined if there is no such file. Left out: there are no files. */
  readonly hashOf?: ((path: string) => string | undefined) | undefined;
}

/** What is asked of one plan; nothing of it changes what rules mean. */
export interface Asked {
  /** This rule alone; transitions are left out. */
  readonly only?: string | undefined;
  /** This subject alone: what becomes of it, whatever is done for others. */
  readonly subject?: string | undefined;
  /** Whether there is anything to do, and no more: the plan ends with the first rule that is at work. */
  readonly first?: boolean | undefined;
  /** Whether the trace says why each deal was moved, and what was left out. */
  readonly isExplained?: boolean | undefined;
  /** Is told, every now and then, how far it is. */
  readonly progress?: ((far: Progress) => void) | undefined;
}

/** How far a sweep is: which rule it is at, of how many, in which round (from 0), and how many subjects it had to do with. */
export interface Progress {
  readonly automation: string;
  readonly index: number;
  readonly of: number;
  readonly round: number;
  readonly subjects: number;
}
