/** Totals as boards and statuses show them: deals and money by currency, never across. */
import { fromMinorUnits } from '../../domain/money.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Tallies, Tally } from './tally.ts';

export interface Total {
  readonly currency: string;
  readonly count: number;
  /** Money. */
  readonly sum: string;
  /** Money, rounded for each deal; null if no deal has a known probability. */
  readonly weighted: string | null;
}

/** How many deals a key has, in all currencies. */
export const countOf = (tallies: Tallies, key: number): number =>
  tallies.currencies.reduce((sum, _, code) => sum + tallies.count(key, code), 0);

/** The totals of a key, or of all keys, by currency in order of its code; none where there are no deals. */
export function totalsOf(tallies: Tallies, key?: number): Total[] {
  return totalsIn(
    new Map(
      tallies.currencies.map((currency, code) => [
        currency,
        key === undefined ? tallies.all(code) : tallies.of(key, code),
      ]),
    ),
  );
}

/** The totals of sums by currency, in order of its code; none where there are no deals. */
export function totalsIn(sums: ReadonlyMap<string, Tally>): Total[] {
  return [...sums]
    .map(([currency, tally]) => {
      const isKnown = tally.noProbability < tally.deals;
      return {
        currency,
        count: tally.deals,
        sum: fromMinorUnits(tally.value, currency),
        weighted: isKnown ? fromMinorUnits(tally.weighted, currency) : null,
      };
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => byCodeUnits(a.currency, b.currency));
}
