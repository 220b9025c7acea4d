/** Exact sums of deals' values, read from columns. */
import { decimals, minorUnits } from '../domain/money.ts';
import { valueAt } from '../domain/records.ts';
import type { CodeColumn, NumberColumn } from './columns/column.ts';
import type { State } from './state.ts';

/** A sum of whole numbers that may become larger than a safe integer. */
export class ExactSum {
  #small = 0;
  #large = 0n;
  add(units: number | bigint): void {
    if (typeof units === 'bigint' || units >= HALF) this.#large += BigInt(units);
    else if ((this.#small += units) >= HALF) {
      this.#large += BigInt(this.#small);
      this.#small = 0;
    }
  }
  get total(): bigint {
    return this.#large + BigInt(this.#small);
  }
}

/** Two numbers below this limit add up to a safe integer. */
const HALF = 2 ** 52;

/** The kinds that have an amount in a currency of their own, by the field that it is in. */
const valued = { deal: 'value', invoice: 'amount' } as const;
export type Valued = keyof typeof valued;

export const isValued = (kind: string): kind is Valued => Object.hasOwn(valued, kind);

/** The field that the amounts of a kind are in. */
export const valuedField = (kind: Valued): string => valued[kind];

/**
 * Returns a reader of money in minor units: the values of deals, the amounts of invoices, or another of their fields.
 * The column's double is within 2^-53 of the amount, and so is the product, so below 2^51 rounding gives the exact
 * number; above it, the record is read.
 */
export function valuesInMinorUnits(
  state: State,
  kind: Valued = 'deal',
  path: string = valued[kind],
): (row: number) => number {
  const table = state.table(kind);
  const value = table.column(path) as NumberColumn;
  const currency = table.column('currency') as CodeColumn;
  const scales: number[] = [];
  return row => {
    const code = currency.get(row);
    const units = Math.round(value.get(row) * (scales[code] ??= 10 ** decimals(currency.words[code]!)));
    return units < 2 ** 51
      ? units
      : minorUnits(valueAt(table.record(row), path) as string, currency.words[code]!);
  };
}
