import { type Params, type SubjectKind, subjectKinds } from '../../domain/automation.ts';
import { type Change, isRestored, kindOf } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import type { Zone } from '../../domain/zone.ts';
import type { Query } from '../../query/compile.ts';
import type { Scope } from '../../query/scope.ts';
import type { Crons } from '../crons.ts';
import type { Effect } from '../effect.ts';
import type { ParamSpecs } from '../rules/params.ts';
import type { Complaint } from '../rules/rule-problem.ts';

interface Described {
  readonly name: string;
  /** When it fires, in a sentence. */
  readonly summary: string;
  readonly params: ParamSpecs;
  /** The parameter that a text in the place of the map stands for: `enters-stage: proposal`. */
  readonly short?: string;
  /** The kind of the records that it looks at and of which its `where` is asked; undefined for the rule's own kind. */
  readonly of?: Kind | ((params: Params, subject: SubjectKind, config: Config) => Kind);
  /**
   * Says what is wrong with the parameters as a whole, if each by itself is right; the trigger `looks` at such
   * records.
   */
  check?(params: Params, looks: Kind, config: Config): Complaint | undefined;
  /** Whether an effect of a step may make it fire, in this sweep or soon after it, in a rule for such subjects. */
  causedBy(effect: Effect, params: Params, subject: SubjectKind): boolean;
  /** Whether it may fire later, by time or a query, for a record of the rule's kind, because that was added. */
  comesFor?(added: SubjectKind, params: Params): boolean;
  /** YAML of the `on:` item. */
  readonly example: string;
}

/** A field of a record that names a rule. */
export interface NamesRule {
  readonly kind: Kind;
  readonly field: string;
  /** Returns the id of the record that names the rule, if it is not the record that the trigger sees. */
  holder?(seen: Rec): string | undefined;
}

/** Fires for a change: returns the id of the record that it concerns. */
export interface ChangeTrigger extends Described {
  readonly type: 'change';
  /** The kinds whose changes it reads, if these are not the kind that it looks at. */
  readonly saidBy?: readonly Kind[];
  /** The id of the record for which it fires, or undefined. */
  sees(change: Change, params: Params, subject: SubjectKind, config: Config): string | undefined;
  /**
   * The field in which a record may itself name a rule, which this trigger starts for it, whatever the rule's own
   * triggers are.
   */
  readonly naming?: NamesRule;
  /** A further test, of the record as it is now, if the change does not tell enough. */
  holds?(record: Rec, params: Params, change: Change): boolean;
  /** Whether the trigger skips a record unless `where` asks for such records. */
  leavesOut?(record: Rec, where: string | undefined): boolean;
}

/** Fires for a test of a row that did not hold before and holds now. */
export interface StateTrigger extends Described {
  readonly type: 'state';
  /** The query that begins to hold, of the kind of record that it looks at. */
  query(params: Params, subject: SubjectKind, config: Config): Query;
  /**
   * Whether the query can begin to hold only for a record that existed before and for which it did not hold. The
   * trigger's `where` is asked when it begins to hold.
   */
  needsFormer?(params: Params): boolean;
  /** A number to compare then and now instead, if the parameters ask for that. */
  measure?(params: Params, subject: SubjectKind, config: Config): Measure | undefined;
}

/** A number of each record, and the least change of it that fires. */
export interface Measure {
  bind(scope: Scope): (row: number) => number;
  fires(before: number, now: number): boolean;
}

/** Fires when a moment comes, for the records that have it. */
export interface TimeTrigger extends Described {
  readonly type: 'time';
  /** Returns the records for which a moment came, each with its last moment. */
  due(params: Params, subject: SubjectKind, time: Elapsed): Iterable<Due>;
  /** Yields the future moments of a record, ms, in order. */
  upcoming(params: Params, subject: SubjectKind, record: string, time: ToCome): Iterable<number>;
}

/** The elapsed time, and the present state. */
export interface Elapsed {
  /** Moments after `after` and up to `until` are due, ms. */
  readonly after: number;
  readonly until: number;
  readonly state: State;
  readonly zone: Zone;
  readonly crons: Crons;
  /** Returns when a field of a record was set meanwhile, ms; undefined if it was set before. */
  setAt(id: string, path: string): number | undefined;
}

/** The time to come, and the present state. */
export interface ToCome extends Pick<Elapsed, 'state' | 'zone' | 'crons'> {
  /** Moments after this one are asked for, ms. */
  readonly after: number;
}

export interface Due {
  readonly record: string;
  readonly at: number;
}

export type Trigger = ChangeTrigger | StateTrigger | TimeTrigger;

/** The kind of record that a trigger looks at. */
export const kindSeen = ({ of }: Trigger, params: Params, subject: SubjectKind, config: Config): Kind =>
  typeof of === 'function' ? of(params, subject, config) : (of ?? subject);

/**
 * Returns the record of a kind that a change adds; not a record that comes back from the trash, which was created
 * before.
 */
export const added = (change: Change, kind: Kind): Rec | undefined =>
  'add' in change && kindOf(change) === kind && !isRestored(change) ? change.add : undefined;

/** Returns `[old, new]` of a field that a change sets in a record of the kind. */
export function valueChange(
  change: Change,
  kind: Kind,
  path: string,
): readonly [unknown, unknown] | undefined {
  return 'set' in change && change.kind === kind ? change.set[path] : undefined;
}

/** Whether a parameter is left out or equal. */
export const fits = (wanted: unknown, value: unknown): boolean =>
  wanted === undefined || wanted === null || wanted === value;

/** Whether a parameter is left out or equal, where `none` means empty. */
export const isOrNone = (wanted: unknown, value: unknown): boolean =>
  wanted === 'none' ? value === null || value === undefined : fits(wanted, value);

/** For triggers that look at a record of any kind: the rule's own, unless `of` names another. */
export const of = {
  type: 'on',
  description: 'whose: deal, contact, account or task; left out: the kind that the rule is for',
} as const;

export const kindNamed = ({ of: kind }: Params, subject: SubjectKind): SubjectKind =>
  subjectKinds.find(each => each === kind) ?? subject;
