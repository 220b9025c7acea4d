/** Terms on amounts of money, compared to the last digit: a column's doubles keep 15 of them, amounts may have more. */
import type { NumberColumn } from '../state/columns/column.ts';
import { compareDecimals, plainDecimal } from '../domain/decimal.ts';
import { usage } from '../domain/errors.ts';
import type { Field } from '../kinds/field.ts';
import type { Kind } from '../domain/kinds.ts';
import { valueAt } from '../domain/records.ts';
import { type DerivedField, showSums } from './derived.ts';
import { decimalIn, showNumber } from './operators.ts';
import type { Operator, Term } from './parse.ts';
import type { CompiledTerm } from './scope.ts';

/** Compiles a term on amounts of money in a stored field. */
export function compileMoney(term: Term, field: Field, kind: Kind): CompiledTerm {
  const holds = compareMoney(term);
  return {
    timed: false,
    bind: ({ state }) => {
      const table = state.table(kind);
      const column = table.column(field.path) as NumberColumn;
      const text = (row: number) => String(valueAt(table.record(row), field.path));
      return {
        test: row => holds(column.get(row), text, row),
        actual: row => (column.get(row) >= MANY_DIGITS ? text(row) : showNumber(column.get(row))),
      };
    },
  };
}

/** Compares sums as `value` is compared: the comparison must hold in at least one currency. The sum of nothing is 0. */
export function compileSums(
  term: Term,
  field: DerivedField,
  sumsOf: NonNullable<DerivedField['sums']>,
): CompiledTerm {
  const holds = compareMoney(term);
  return {
    timed: field.timed,
    bind: scope => {
      const sums = sumsOf(scope);
      return {
        test: row => {
          const found = sums(row).map(each => each.sum);
          if (found.length === 0) found.push('0');
          const text = (at: number) => found[at]!;
          return found.some((sum, at) => holds(Number(sum), text, at));
        },
        actual: row => showSums(sums(row)),
      };
    },
  };
}

/** Below this, an amount has at most 15 digits (no currency has more than 4 decimals), which a double keeps apart. */
export const MANY_DIGITS = 1e11;

/** A bound of a comparison, to the last digit. */
interface Bound {
  readonly text: string;
  readonly number: number;
  /** How an amount of at most 15 digits with the same double compares with the bound. */
  readonly tie: number;
}

/** Whether an amount satisfies a term; `text(at)` returns all its digits, `value` is its double. */
type CompareMoney = (value: number, text: (at: number) => string, at: number) => boolean;

/** Compares amounts to the last digit: rounding to doubles keeps their order, so only equal doubles need the texts. */
function compareMoney(term: Term): CompareMoney {
  const bound = (typed: string): Bound => {
    const text = decimalIn(typed, term.field);
    const number = Number(text);
    return { text, number, tie: compareDecimals(plainDecimal(number), text) };
  };
  const sign = (value: number, { text, number, tie }: Bound, exact: (at: number) => string, at: number) => {
    if (value !== number) return value < number ? -1 : 1;
    return value < MANY_DIGITS ? tie : compareDecimals(exact(at), text);
  };
  if (term.operator === '..') {
    const [low, high] = (term.values as [string, string]).map(text =>
      text === '' ? undefined : bound(text),
    );
    if (low && high && compareDecimals(low.text, high.text) > 0)
      throw usage(
        `${term.source}: the range ends before it begins`,
        `${term.field}:${term.values[1]}..${term.values[0]}`,
      );
    return (value, exact, at) =>
      !Number.isNaN(value) &&
      (!low || sign(value, low, exact, at) >= 0) &&
      (!high || sign(value, high, exact, at) <= 0);
  }
  const holds = signs[term.operator] ?? (of => of === 0);
  const bounds = term.values.map(bound);
  const [only] = bounds;
  if (bounds.length === 1)
    return (value, exact, at) => !Number.isNaN(value) && holds(sign(value, only!, exact, at));
  return (value, exact, at) =>
    !Number.isNaN(value) && bounds.some(each => holds(sign(value, each, exact, at)));
}

const signs: Partial<Record<Operator, (sign: number) => boolean>> = {
  '>': sign => sign > 0,
  '>=': sign => sign >= 0,
  '<': sign => sign < 0,
  '<=': sign => sign <= 0,
};
