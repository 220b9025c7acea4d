import type { Params, SubjectKind } from '../../domain/automation.ts';
import type { Change } from '../../domain/changes.ts';
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Query } from '../../query/compile.ts';
import type { ParamSpecs } from '../params.ts';

interface Described {
  readonly name: string;
  /** When it fires, in a sentence. */
  readonly summary: string;
  readonly params: ParamSpecs;
  /** YAML of the `on:` item. */
  readonly example: string;
}

/** Fires for a change that was made: the id of the record that it concerns. */
export interface ChangeTrigger extends Described {
  readonly type: 'change';
  /** The kind of record that it looks at; undefined for the rule's own. */
  readonly of?: Kind;
  /** The id of the record for which it fires, or undefined. */
  sees(change: Change, params: Params, subject: SubjectKind): string | undefined;
  /** What the change does not say, asked of the record as it is now. */
  holds?(record: Rec, params: Params): boolean;
}

/** Fires for what was not true before and is true now: a test of a row, then and now. */
export interface StateTrigger extends Described {
  readonly type: 'state';
  /** The kind of record that it looks at, and a query that begins to hold. */
  query(params: Params, subject: SubjectKind, config: Config): { readonly kind: Kind; readonly query: Query };
}

export type Trigger = ChangeTrigger | StateTrigger;

/** `[old, new]` of a field in a change of a record of the kind; a new record has no old value. */
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
