/**
 * Scores: the points of the matching rules in crm.yaml, each once, plus adjustments by hand. Points that expire count
 * events within their time only; an adjustment has an end of its own.
 */
import type { Config, Score } from '../domain/config.ts';
import type { Kind, Kinds } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import { ADJUSTED } from '../kinds/adjustments.ts';
import { definitionOf } from '../kinds/define.ts';
import type { Scope } from './scope.ts';
import type { NumberColumn } from '../state/columns/column.ts';

export type ScoredKind = Score['for'];

/** The kinds whose records have scores. */
export const scoredKinds = ['contact', 'deal'] as const satisfies readonly ScoredKind[];

/** Whether records of a kind have scores. */
export const isScored = (kinds: Kinds, kind: Kind): kind is ScoredKind =>
  definitionOf(kinds, kind).isScored === true;

/** A change of a score by hand or by a rule, kept in the scored record. */
export interface Adjustment {
  readonly score: string;
  readonly by: number;
  readonly at: string;
  /** The instant at which it expires. */
  readonly until?: string;
}

/** Returns the scores of a kind by name. If crm.yaml has none, there is still one, which only adjustments change. */
export function scoreNames(config: Config, kind: ScoredKind): readonly string[] {
  const names = config.scores.filter(score => score.for === kind).map(score => score.id);
  return names.length > 0 ? names : [DEFAULT];
}

/** Returns the score that `score:` asks for: the one named `default`, otherwise the kind's first. */
export function defaultScore(config: Config, kind: ScoredKind): string {
  const names = scoreNames(config, kind);
  return names.includes(DEFAULT) ? DEFAULT : names[0]!;
}

const DEFAULT = 'default';

/** Returns a score of each row of contacts or deals, as of the scope's time. */
export function scoreOf(asked: Scope, kind: ScoredKind, name: string): (row: number) => number {
  // A score belongs to the record, and is the same number for all users.
  const { sees: _, ...scope } = asked;
  const { state, clock } = scope;
  const score = state.config.scores.find(s => s.id === name && s.for === kind);
  const rules = (score?.rules ?? []).map(rule => {
    const within = rule.expires === undefined ? scope : { ...scope, eventsWithin: rule.expires };
    return {
      points: rule.points,
      test: scope.compile(rule.when, kind, state.config).bind(within).test,
    };
  });
  const table = state.table(kind);
  const adjusted = table.column(ADJUSTED) as NumberColumn;
  return row => {
    let sum = 0;
    for (const rule of rules) if (rule.test(row)) sum += rule.points;
    if (adjusted.get(row) > 0)
      for (const each of adjustmentsOf(table.record(row)))
        if (each.score === name && isInForce(each, clock.now)) sum += each.by;
    return exact(sum);
  };
}

/** Rounds off the error of binary fractions in a sum of decimal points: 0.1 and 0.2 make 0.3. */
const exact = (points: number): number => Math.round(points * 1e6) / 1e6;

const adjustmentsOf = (record: Rec): readonly Adjustment[] =>
  (record.adjustments as unknown as readonly Adjustment[] | undefined) ?? [];

const isInForce = ({ at, until }: Adjustment, now: number): boolean =>
  Date.parse(at) <= now && (until === undefined || Date.parse(until) > now);

/** Returns a record without the expiring adjustments of a score, and the points of these adjustments at `now`. */
export function withoutExpiring(record: Rec, score: string, now: number): { record: Rec; gone: number } {
  const expires = (each: Adjustment) => each.score === score && each.until !== undefined;
  const all = adjustmentsOf(record);
  const gone = all.filter(each => expires(each) && isInForce(each, now)).reduce((sum, { by }) => sum + by, 0);
  const kept = all.filter(each => !expires(each)) as unknown as Json;
  return { record: { ...record, adjustments: kept }, gone: exact(gone) };
}

/** Returns a record's `adjustments` with one more, without those that have expired by then. */
export function withAdjustment(record: Rec, adjustment: Adjustment): Json {
  const now = Date.parse(adjustment.at);
  const known = adjustmentsOf(record).filter(({ until }) => until === undefined || Date.parse(until) > now);
  return [...known, adjustment].map(each => ({ ...each }));
}
