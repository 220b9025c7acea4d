/** Selects the deals of the past that a report counts, and their worth at that time, by rows of the history. */
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';
import { addDays, dayNumber } from '../../domain/dates.ts';
import { numberOf } from '../../domain/kinds.ts';
import { multiplied } from '../../domain/rounding.ts';
import type { DealHistory } from '../../state/deal-history.ts';
import type { Asked } from './asked.ts';

export interface PastDeals {
  /** Whether a deal counts, by a row of it. The query and rights are asked of it as it is now. */
  includes(row: number): boolean;
  readonly currencies: readonly string[];
  /** The position of a row's currency. */
  currency(row: number): number;
  /** The worth of a deal, in minor units; if all are converted, at the rates of the last day of the report. */
  units(row: number): number | bigint;
}

/** Returns what counts of a history. */
export function pastDealsIn(view: View, asked: Asked, history: DealHistory): PastDeals {
  const { rates, todayNumber } = asked;
  const { currency, value, words } = history;
  const includes = including(view, asked, history);
  if (!rates)
    return {
      includes,
      currencies: words.currency,
      currency: row => currency[row]!,
      units: row => value[row]!,
    };
  const day = Math.min(dayNumber(asked.span.to), todayNumber);
  return {
    includes,
    currencies: [rates.target],
    currency: () => 0,
    units: row => multiplied(value[row]!, rates.factor(words.currency[currency[row]!]!, day)),
  };
}

/** Deals that are in the trash count where no query is asked: a query finds none of them. */
function including(view: View, asked: Asked, history: DealHistory): PastDeals['includes'] {
  const found = asked.anywhere();
  if (!found && seesAll(view.viewer)) return () => true;
  const { deal, runs } = history;
  const table = view.state.table('deal');
  const included = new Uint8Array((runs.number.at(-1) ?? -1) + 1);
  if (found) {
    for (const { among, from } of found)
      for (let i = 0; i < among.length; i++) if (among[i] === 1) included[table.number(from + i)] = 1;
  } else {
    for (let row = 0; row < table.rows; row++)
      if (table.live(row) && view.sees('deal', row)) included[table.number(row)] = 1;
    for (const { id } of view.trash('deal')) included[numberOf(id)] = 1;
  }
  return row => included[deal[row]!] === 1;
}

/** Returns the past of the deals that a report of its days needs: all others were closed before these days. */
export function recentPast(history: DealHistory, asked: Asked): DealHistory {
  return history.recent(Math.min(instantsOf(asked).from, asked.view.clock.now));
}

/** The instants between which a report is about: the first one is in, the second one is not. */
export function instantsOf({ span: { from, to }, view: { clock } }: Asked): { from: number; to: number } {
  const { zone, now } = clock;
  return { from: zone.midnight(from), to: Math.min(zone.midnight(addDays(to, 1)), now + 1) };
}

/** The rows of deals that are called by a row of the history, each once; those that are in the trash are left out. */
export function dealRows(
  view: View,
  { deal }: DealHistory,
  find: (met: (row: number) => void) => unknown,
): number[] {
  const numbers = new Set<number>();
  find(row => numbers.add(deal[row]!));
  const table = view.state.table('deal');
  return [...numbers]
    .sort((a, b) => a - b)
    .map(number => table.row(number))
    .filter(row => row >= 0);
}
