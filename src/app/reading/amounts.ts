/** The worth of deals or invoices, in their own currencies or in one: in minor units, for loops over all of them. */
import { decimals } from '../../domain/money.ts';
import { type Factor, factorOf, multiplied, times } from '../../domain/rounding.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import { type Valued, valuedField, valuesInMinorUnits } from '../../state/exact-sum.ts';
import type { State } from '../../state/state.ts';
import { BLOCK } from '../../state/table.ts';
import type { Chances } from './chances.ts';
import type { Rates } from '../../domain/rates.ts';
import { fillCodes, fillNumbers, type RowKeys } from './rows.ts';

/** The amounts of rows, and their currencies. */
export interface Amounts {
  /** The currencies in which there are amounts, by code. */
  readonly currencies: readonly string[];
  /** The code of each row's currency. */
  readonly currency: RowKeys;
  /** Whether the weighted amounts are known. */
  readonly weighs: boolean;
  /** Minor units. */
  value(row: number): number | bigint;
  /** Minor units; undefined if the probability of the deal is not known. */
  weighted(row: number): number | bigint | undefined;
  /** The same of many rows of one block, in ascending order. */
  fill(worth: Worth, rows: Int32Array): void;
}

/** The amounts of rows, by their place in a list. */
export interface Worth {
  /** Codes. */
  readonly currency: Int32Array;
  /** Minor units; from 2^51 on they may be inexact, and `value` has the exact ones. */
  readonly units: Float64Array;
  /** The same weighted; NaN where it is not known. */
  readonly weighted: Float64Array;
}

export const roomForWorth = (): Worth => ({
  currency: new Int32Array(BLOCK),
  units: new Float64Array(BLOCK),
  weighted: new Float64Array(BLOCK),
});

/** Below this limit, a column's double gives the exact minor units. */
const EXACT = 2 ** 51;

/**
 * Returns the amounts of deals or invoices, or of a field by its path, each in its own currency; nothing is weighted
 * without chances.
 */
export function ownAmounts(
  state: State,
  chances?: Chances,
  kind: Valued = 'deal',
  path: string = valuedField(kind),
): Amounts {
  const table = state.table(kind);
  const currency = table.column('currency') as CodeColumn;
  const values = table.column(path) as NumberColumn;
  const scales = Float64Array.from(currency.words, word => 10 ** decimals(word));
  const value = valuesInMinorUnits(state, kind, path);
  const weigh = chances && weighing(chances);
  return {
    currencies: currency.words,
    currency: {
      size: currency.words.length,
      of: row => currency.get(row),
      fill: (keys, rows) => fillCodes(keys, rows, currency),
    },
    weighs: chances !== undefined,
    value,
    weighted: row => {
      const chance = chances?.factors[chances.of(row)];
      return chance && multiplied(value(row), chance);
    },
    fill: (worth, rows) => {
      fillCodes(worth.currency, rows, currency);
      fillNumbers(worth.units, rows, values);
      scale(worth, scales, rows.length);
      weigh?.(worth, rows);
    },
  };
}

function scale({ units, currency }: Worth, scales: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) units[i] = Math.round(units[i]! * scales[currency[i]!]!);
}

function weighing(chances: Chances): (worth: Worth, rows: Int32Array) => void {
  const codes = new Int32Array(BLOCK);
  return (worth, rows) => {
    const its = codes.subarray(0, rows.length);
    chances.fill(its, rows);
    weigh(worth, its, chances.factors);
  };
}

function weigh({ units, weighted }: Worth, codes: Int32Array, factors: readonly Factor[]): void {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) weighted[i] = Number.NaN;
    else
      weighted[i] =
        units[i]! < EXACT ? Number(multiplied(units[i]!, factors[code]!)) : Number.POSITIVE_INFINITY;
  }
}

/**
 * Returns the amounts of deals or invoices in one currency, each by the rates of a day (its number); nothing is
 * weighted without chances.
 */
export function convertedAmounts(
  state: State,
  rates: Rates,
  dayOf: (row: number) => number,
  chances?: Chances,
  kind: Valued = 'deal',
): Amounts {
  const currency = state.table(kind).column('currency') as CodeColumn;
  const own = valuesInMinorUnits(state, kind);
  const rateOf = (row: number) => rates.factor(currency.words[currency.get(row)]!, dayOf(row));
  const products = new Map<Factor, Map<Factor, Factor>>();
  const product = (a: Factor, b: Factor): Factor => {
    let of = products.get(a);
    if (!of) products.set(a, (of = new Map()));
    let known = of.get(b);
    if (!known) of.set(b, (known = factorOf(times(a.exact, b.exact))));
    return known;
  };
  const value = (row: number) => multiplied(own(row), rateOf(row));
  const weighted = (row: number) => {
    const chance = chances?.factors[chances.of(row)];
    // Both at once, because only the result is rounded.
    return chance && multiplied(own(row), product(rateOf(row), chance));
  };
  return {
    currencies: [rates.target],
    currency: { size: 1, of: () => 0, fill: keys => keys.fill(0) },
    weighs: chances !== undefined,
    value,
    weighted,
    fill: (worth, rows) => {
      worth.currency.fill(0, 0, rows.length);
      for (let i = 0; i < rows.length; i++) {
        worth.units[i] = Number(value(rows[i]!));
        if (chances) worth.weighted[i] = Number(weighted(rows[i]!) ?? Number.NaN);
      }
    },
  };
}
