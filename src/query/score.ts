/**
 * Scores: the points of the rules in crm.yaml that match, each once, and what was added by hand. Points that
 * expire come from events of that last stretch of time only; an adjustment says itself when it ends.
 */
import type { NumberColumn } from '../domain/columns.ts';
import { ADJUSTED } from '../domain/fields.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import { compileQuery } from './compile.ts';
import { parseQuery } from './parse.ts';
import type { Scope } from './scope.ts';

/** A change of a score by hand or by a rule, kept in the record it is of. */
export interface Adjustment {
  readonly score: string;
  /** Points to add; or, in `set`, what the whole score was made to be, kept as the points that made it so. */
  readonly by: number;
  readonly at: string;
  /** The instant at which it is gone. */
  readonly until?: string;
}

/** A score of each row of contacts or deals, as of the scope's time. */
export function scoreOf(scope: Scope, kind: 'contact' | 'deal', name: string): (row: number) => number {
  const { state, clock } = scope;
  const score = state.config.scores.find(s => s.id === name && s.for === kind);
  const rules = (score?.rules ?? []).map(rule => {
    const within = rule.expires === undefined ? scope : { ...scope, eventsWithin: rule.expires };
    return {
      points: rule.points,
      test: compileQuery(parseQuery(rule.when), kind as Kind, state.config).bind(within).test,
    };
  });
  const table = state.table(kind);
  const adjusted = table.column(ADJUSTED) as NumberColumn;
  return row => {
    let sum = 0;
    for (const rule of rules) if (rule.test(row)) sum += rule.points;
    if (adjusted.get(row) > 0) sum += adjustments(table.record(row), name, clock.now);
    return sum;
  };
}

function adjustments(record: Rec, score: string, now: number): number {
  let sum = 0;
  for (const adjustment of (record.adjustments as unknown as readonly Adjustment[] | undefined) ?? []) {
    if (adjustment.score !== score || Date.parse(adjustment.at) > now) continue;
    if (adjustment.until === undefined || Date.parse(adjustment.until) > now) sum += adjustment.by;
  }
  return sum;
}
