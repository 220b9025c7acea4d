/**
 * How many deals there are and what they are worth: exact sums per currency, never across, read from columns. The
 * weighted sum counts each open deal at the probability of its stage, a won one in full and a lost one not at all;
 * an open deal in a stage without a probability is left out of it.
 */
import type { CodeColumn, NumberColumn } from '../domain/columns.ts';
import { pipelineOf, stageOf } from '../domain/config.ts';
import { byCodeUnits } from '../domain/field-types.ts';
import { decimals, fromMinorUnits, minorUnits } from '../domain/money.ts';
import type { View } from './view.ts';

export interface Total {
  readonly currency: string;
  readonly count: number;
  /** Money. */
  readonly sum: string;
  /** Money, rounded to the minor unit; null where none of the deals has a probability. */
  readonly weighted: string | null;
}

/** Sums rows of deals, by currency in order of its code; none where there are no rows. */
export type Summing = (rows: Iterable<number>) => Total[];

export function summing(view: View): Summing {
  const deals = view.state.table('deal');
  const currencies = deals.column('currency') as CodeColumn;
  const units = minorUnitsOf(view);
  const percent = percentOf(view);
  return rows => {
    // Deals of one probability are summed before they are weighed, so that only the result is rounded.
    const byCurrency = new Map<number, { count: number; byPercent: Map<number | undefined, ExactSum> }>();
    for (const row of rows) {
      const code = currencies.get(row);
      let sums = byCurrency.get(code);
      if (!sums) byCurrency.set(code, (sums = { count: 0, byPercent: new Map() }));
      sums.count++;
      const chance = percent(row);
      let sum = sums.byPercent.get(chance);
      if (!sum) sums.byPercent.set(chance, (sum = new ExactSum()));
      sum.add(units(row));
    }
    return [...byCurrency]
      .map(([code, { count, byPercent }]) => {
        const currency = currencies.words[code]!;
        const all = [...byPercent].map(([chance, sum]) => ({ chance, units: sum.total }));
        const weighed = all.filter(each => each.chance !== undefined);
        return {
          currency,
          count,
          sum: fromMinorUnits(
            all.reduce((sum, each) => sum + each.units, 0n),
            currency,
          ),
          weighted: weighed.length === 0 ? null : fromMinorUnits(weigh(weighed), currency),
        };
      })
      .sort((a, b) => byCodeUnits(a.currency, b.currency));
  };
}

/** Percents may have decimals, of which so many parts of one count. */
const PARTS = 1000;

/** Minor units at their chances in percent, rounded half up. */
function weigh(all: readonly { chance: number | undefined; units: bigint }[]): bigint {
  const whole = BigInt(100 * PARTS);
  let parts = 0n;
  for (const { chance = 0, units } of all) parts += units * BigInt(Math.round(chance * PARTS));
  return (parts + whole / 2n) / whole;
}

/** A sum of whole numbers that may become larger than a safe integer. */
class ExactSum {
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
 * A deal's value in minor units. The column's double is within 2^-53 of the amount, and so is the product, so
 * below 2^51 rounding gives the very number; above, the record says it.
 */
function minorUnitsOf({ state }: View): (row: number) => number {
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

/** How probable a deal is, in percent; undefined where its stage does not say. */
function percentOf({ state }: View): (row: number) => number | undefined {
  const deals = state.table('deal');
  const status = deals.column('status') as CodeColumn;
  const pipeline = deals.column('pipeline') as CodeColumn;
  const stage = deals.column('stage') as CodeColumn;
  const byStage = new Map<number, number | undefined>();
  return row => {
    const word = status.words[status.get(row)];
    if (word !== 'open') return word === 'won' ? 100 : 0;
    const key = pipeline.get(row) * 2 ** 24 + stage.get(row);
    if (!byStage.has(key)) {
      const found = pipelineOf(state.config, pipeline.words[pipeline.get(row)]!);
      byStage.set(key, stageOf(found, stage.words[stage.get(row)]!)?.probability);
    }
    return byStage.get(key);
  };
}
