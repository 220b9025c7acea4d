/** Exact sums of deals' values, read from columns. */
import { decimals, minorUnits } from '../domain/money.ts';
import type { CodeColumn, NumberColumn } from './columns/column.ts';
import type { State } from './state.ts';

/** A sum of whole numbers that may become larger than a safe integer. */
export class ExactSum {
  #small = 0;
  #large = 0n;
  add(units: number): void {
    if (units >= HALF) this.#large += BigInt(units);
    else if ((this.#small += units) >= HALF) {
      this.#large += BigInt(this.#small);
      this.#small = 0;
    }
  }
  get total(): bigint {
    return this.#large + BigInt(this.#small);
  }
}

/** Two numbers below this add up to a safe integer. */
const HALF = 2 ** 52;

/**
 * The values of deals in minor units. The column's double is within 2^-53 of the amount, and so is the product, so
 * below 2^51 rounding gives the very number; above, the record says it.
 */
export function valuesInMinorUnits(state: State): (row: number) => number {
  const deals = state.table('deal');
  const value = deals.column('value') as NumberColumn;
  const currency = deals.column('currency') as CodeColumn;
  const scales: number[] = [];
  return row => {
    const code = currency.get(row);
    const units = Math.round(value.get(row) * (scales[code] ??= 10 ** decimals(currency.words[code]!)));
    return units < 2 ** 51 ? units : minorUnits(deals.record(row).value as string, currency.words[code]!);
  };
}
