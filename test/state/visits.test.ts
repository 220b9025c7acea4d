import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { LOST_THERE, MOVED, REMOVED, STILL, visitsIn, WON_THERE } from '../../src/state/visits.ts';
import { naiveVisits, type NaiveVisit } from './naive-visits.ts';
import { type RandomTransaction, randomHistory } from './random-history.ts';

const names = {
  [STILL]: 'still',
  [MOVED]: 'moved',
  [WON_THERE]: 'won',
  [LOST_THERE]: 'lost',
  [REMOVED]: 'removed',
};

function visitsOf(transactions: readonly RandomTransaction[], until?: number): Omit<NaiveVisit, 'tx'>[] {
  const fold = new HistoryFold();
  for (const tx of transactions) fold.take(tx);
  const history = fold.finish();
  const { count, first, entered, left, how } = visitsIn(history, until);
  return Array.from({ length: count }, (_, visit) => ({
    deal: history.deal[first[visit]!]!,
    pipeline: history.words.pipeline[history.pipeline[first[visit]!]!]!,
    stage: history.words.stage[history.stage[first[visit]!]!]!,
    entered: entered[visit]!,
    left: Number.isNaN(left[visit]!) ? null : left[visit]!,
    how: names[how[visit] as keyof typeof names] as NaiveVisit['how'],
  }));
}

const withoutTx = (visits: readonly NaiveVisit[]) => visits.map(({ tx: _, ...visit }) => visit);

describe('visits to stages', () => {
  test('are what the journal says, read transaction by transaction', () => {
    fc.assert(
      fc.property(randomHistory({ isBackdated: false }), ({ transactions }) => {
        expect(visitsOf(transactions)).toEqual(withoutTx(naiveVisits(transactions)));
      }),
      { numRuns: 500 },
    );
  });

  test('as of an instant are those that the transactions up to it make', () => {
    fc.assert(
      fc.property(
        randomHistory({ isBackdated: false, isPlain: true }),
        fc.nat(),
        ({ transactions: plain }, pick) => {
          const at = Date.parse(plain[pick % plain.length]?.at ?? '2026-01-01T00:00:00Z');
          const upTo = plain.filter(tx => Date.parse(tx.at) <= at);
          expect(visitsOf(plain, at)).toEqual(withoutTx(naiveVisits(upTo)));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('of a deal lie one after the other, and only the last one goes on', () => {
    fc.assert(
      fc.property(randomHistory(), ({ transactions }) => {
        const visits = visitsOf(transactions);
        for (const [i, { deal, entered, left, how }] of visits.entries()) {
          const next = visits[i + 1];
          expect(left ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(entered);
          expect(left === null).toBe(how === 'still');
          if (next?.deal === deal)
            expect(next.entered).toBeGreaterThanOrEqual(left ?? Number.POSITIVE_INFINITY);
        }
      }),
      { numRuns: 300 },
    );
  });
});
