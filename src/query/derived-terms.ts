/** Terms on derived fields: counts, durations, scores, sums, and the next action. */
import type { Config } from '../domain/config.ts';
import { dayNumber } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { type DerivedField, nextAction, nextActions } from './derived.ts';
import { compileSums } from './money-terms.ts';
import {
  checkDays,
  compareDays,
  compareDurations,
  compareNumbers,
  showDay,
  showDuration,
  showNumber,
} from './operators.ts';
import type { Term } from './parse.ts';
import type { CompiledTerm } from './scope.ts';

export function compileDerived(term: Term, field: DerivedField, config: Config): CompiledTerm {
  if (field.type === 'next') return compileNextAction(term, field, config);
  if (field.sums) return compileSums(term, field, field.sums);
  const holds = field.type === 'duration' ? compareDurations(term) : compareNumbers(term);
  const show = field.type === 'duration' ? showDuration : showNumber;
  return {
    timed: field.timed,
    ...(field.type === 'score' && { asks: 'score' }),
    bind: scope => {
      const value = field.bind(scope);
      const narrow = field.narrow?.(scope, holds);
      return {
        test: row => holds(value(row)),
        actual: row => show(value(row)),
        ...(narrow && { narrow }),
      };
    },
  };
}

/**
 * `next-action:overdue,tomorrow`: words and days, or a comparison with a day. An open task without a day has no next
 * action.
 */
function compileNextAction(term: Term, field: DerivedField, config: Config): CompiledTerm {
  const equals = term.operator === ':' || term.operator === '=';
  const wordOf = (value: string) => nextActions.find(word => word === value.trim().toLowerCase());
  const words = equals ? term.values.flatMap(value => wordOf(value) ?? []) : [];
  const days = { ...term, values: equals ? term.values.filter(value => !wordOf(value)) : term.values };
  try {
    checkDays(days, config);
  } catch (error) {
    const [value] = days.values;
    if (!equals || /\d/.test(value!)) throw error;
    throw usage(
      `unknown ${term.field} ${JSON.stringify(value)}`,
      suggestion(value!, nextActions, 'a day, or one of'),
    );
  }
  return {
    timed: true,
    bind: scope => {
      const due = field.bind(scope);
      const today = dayNumber(scope.clock.zone.day(scope.clock.now));
      const holds = compareDays(days, scope.clock);
      return {
        test: row => {
          const day = due(row);
          return words.includes(nextAction(day, today)) || (Number.isFinite(day) && holds(day));
        },
        actual: row =>
          `${nextAction(due(row), today)}${Number.isFinite(due(row)) ? ` (${showDay(due(row))})` : ''}`,
      };
    },
  };
}
