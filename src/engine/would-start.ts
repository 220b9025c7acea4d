/** Counts the enrolments that changes would begin if they could start rules. Runs no rule. */
import type { Change } from '../domain/changes.ts';
import type { Clock } from '../domain/clock.ts';
import { numberOf } from '../domain/kinds.ts';
import type { State } from '../state/state.ts';
import { SWEEPER } from '../domain/sweeper.ts';
import { compileText } from '../query/compile.ts';
import type { Scope } from '../query/scope.ts';
import { wholeScope } from '../query/whole-scope.ts';
import { refusalOf } from './admission.ts';
import {
  changeFirings,
  hasStateTrigger,
  isSeen,
  namedByTasks,
  onceForEach,
  stateFirings,
  truthsOf,
} from './firings.ts';

/**
 * `before` returns the state without the changes, and is called only if a rule needs it; `after` has the changes, as
 * those of transaction `seq`.
 */
export function wouldStart(
  changes: readonly Change[],
  before: () => State,
  after: State,
  clock: Clock,
  seq: number,
): number {
  if (!after.config.automations.some(rule => rule.enabled)) return 0;
  const seen = changes.filter(isSeen).map(change => ({ change, seq }));
  const scopeOf = (state: State): Scope => wholeScope(state, clock, SWEEPER);
  const scope = scopeOf(after);
  const named = namedByTasks(seen, after);
  let earlier: Scope | undefined;
  let count = 0;
  for (const rule of after.config.automations) {
    if (!rule.enabled) continue;
    const firings = [...changeFirings(rule, seen, scope, named.get(rule.id) ?? [])];
    if (hasStateTrigger(rule)) {
      const then = truthsOf(rule, (earlier ??= scopeOf(before())));
      firings.push(...stateFirings(rule, then, truthsOf(rule, scope), scope).firings);
    }
    const test =
      rule.where === undefined ? undefined : compileText(rule.where, rule.for, after.config).bind(scope).test;
    for (const subject of new Set(onceForEach(firings).map(firing => firing.subject))) {
      if (test && !test(after.table(rule.for).row(numberOf(subject)))) continue;
      if (refusalOf(after, rule, subject, clock.now) === undefined) count++;
    }
  }
  return count;
}
