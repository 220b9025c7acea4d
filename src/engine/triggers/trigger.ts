import type { Params, SubjectKind } from '../../domain/automation.ts';
import { type Change, kindOf } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Query } from '../../query/compile.ts';
import type { Complaint, ParamSpecs } from '../params.ts';

interface Described {
  readonly name: string;
  /** When it fires, in a sentence. */
  readonly summary: string;
  readonly params: ParamSpecs;
  /** The kind of record that it looks at; undefined for the rule's own. */
  readonly of?: Kind | ((params: Params, subject: SubjectKind, config: Config) => Kind);
  /** What is wrong with the parameters as a whole, where each by itself is right. */
  check?(params: Params): Complaint | undefined;
  /** YAML of the `on:` item. */
  readonly example: string;
}

/** Fires for a change that was made: the id of the record that it concerns. */
export interface ChangeTrigger extends Described {
  readonly type: 'change';
  /** The id of the record for which it fires, or undefined. */
  sees(change: Change, params: Params, subject: SubjectKind): string | undefined;
  /** What the change does not say, asked of the record as it is now. */
  holds?(record: Rec, params: Params, change: Change): boolean;
}

/** Fires for what was not true before and is true now: a test of a row, then and now. */
export interface StateTrigger extends Described {
  readonly type: 'state';
  /** The query that begins to hold, of the kind of record that it looks at. */
  query(params: Params, subject: SubjectKind, config: Config): Query;
}

export type Trigger = ChangeTrigger | StateTrigger;

/** The kind of record that a trigger looks at. */
export const kindSeen = ({ of }: Trigger, params: Params, subject: SubjectKind, config: Config): Kind =>
  typeof of === 'function' ? of(params, subject, config) : (of ?? subject);

/** The record of a kind that a change adds; not one that comes back from the trash, which was created before. */
export const added = (change: Change, kind: Kind): Rec | undefined =>
  'add' in change && kindOf(change) === kind && change.add.createdAt === undefined ? change.add : undefined;

/** `[old, new]` of a field that a change sets in a record of the kind. */
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
