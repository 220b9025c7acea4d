/** Reports read the past of the deals that were open in their days or later, and say the same as with the whole past. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReportOptions } from '../../../src/app/reports/asked.ts';
import { addDays, DAY } from '../../../src/domain/dates.ts';
import {
  type DealHistory,
  endOfDeal,
  firstRowOf,
  historyColumnNames,
} from '../../../src/state/deal-history.ts';
import { lazyHistory } from '../../../src/state/lazy-history.ts';
import { randomHistory, START } from '../../state/random-history.ts';
import { runs } from '../../effort.ts';
import { ana, answered, bob, pastOf, viewOf } from './random-view.ts';

/** Returns the same past, whose recent past is the whole. */
const whole = (history: DealHistory): DealHistory =>
  lazyHistory(history, { columnOf: name => history[name], recent: () => whole(history) });

const reports: readonly (readonly [string, Partial<ReportOptions>])[] = [
  ['funnel', {}],
  ['funnel', { per: 'owner' }],
  ['velocity', {}],
  ['velocity', { per: 'team', currency: 'EUR' }],
  ['movement', {}],
  ['movement', { per: 'stage', due: '2026Q1' } as Partial<ReportOptions>],
  ['losses', {}],
];

test('a report of any days says the same of the recent past as of the whole past (property)', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomHistory({ steps: 60 }),
      fc.nat(),
      fc.constantFrom(...reports),
      fc.integer({ min: -40, max: 320 }),
      fc.nat(90),
      fc.boolean(),
      async ({ transactions, now }, cut, [name, options], first, days, isRestricted) => {
        const past = pastOf(transactions, cut % (transactions.length + 1));
        const from = addDays('2026-01-05', first);
        const asked = { ...options, from, to: addDays(from, days) };
        const viewer = isRestricted ? bob : ana;
        const said = async (history: DealHistory) =>
          JSON.stringify(await answered(viewOf(transactions, now, viewer, history), name, asked));
        expect(await said(past)).toBe(await said(whole(past)));
      },
    ),
    { numRuns: runs(40) },
  );
});

test('the recent past has each deal that was open then or later, with all of its rows (property)', () => {
  fc.assert(
    fc.property(
      randomHistory({ steps: 60 }),
      fc.nat(),
      fc.integer({ min: -40, max: 320 }),
      (random, cut, day) => {
        const { transactions } = random;
        const past = pastOf(transactions, cut % (transactions.length + 1));
        const instant = START + day * DAY;
        const recent = past.recent(instant);
        const rowsOf = (history: DealHistory, number: number) => {
          const begin = firstRowOf(history, number);
          const end = begin < 0 ? begin : endOfDeal(history, begin);
          return historyColumnNames.map(name => Array.from(history[name].subarray(begin, end)));
        };
        expect(recent.rows).toBe(recent.deal.length);
        for (const number of recent.runs.number) expect(rowsOf(recent, number)).toEqual(rowsOf(past, number));
        const { deal, at, status, rows } = past;
        for (let row = 0; row < rows; row++) {
          const isLast = row + 1 === rows || deal[row + 1] !== deal[row];
          if (status[row] === 0 && (isLast || at[row + 1]! >= instant))
            expect(recent.runs.number).toContain(deal[row]);
        }
      },
    ),
    { numRuns: runs(60) },
  );
});
