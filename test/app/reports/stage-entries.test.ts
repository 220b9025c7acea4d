import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learnedIn, learnedOf } from '../../../src/app/reports/learned.ts';
import { entriesIn, outcomes } from '../../../src/app/reports/stage-entries.ts';
import type { Pipeline } from '../../../src/domain/config.ts';
import { DAY } from '../../../src/domain/dates.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { visitsIn } from '../../../src/state/visits.ts';
import { naivePast } from '../../state/naive-history.ts';
import { type NaiveVisit, naiveVisits } from '../../state/naive-visits.ts';
import { type RandomTransaction, randomHistory, START } from '../../state/random-history.ts';
import { runs } from '../../effort.ts';

/** `offer` is of those who are not customers; `talks` comes first, `new` second. */
const sales = {
  id: 'sales',
  stages: [{ id: 'talks' }, { id: 'new' }, { id: 'offer', group: 'not-customers' }],
} as unknown as Pipeline;
const order = ['talks', 'new'];

function folded(transactions: readonly RandomTransaction[]) {
  const fold = new HistoryFold();
  for (const tx of transactions) fold.take(tx);
  const history = fold.finish();
  return { history, visits: visitsIn(history) };
}

const entries = (transactions: readonly RandomTransaction[], from: number, to: number) => {
  const { history, visits } = folded(transactions);
  const until = Number.POSITIVE_INFINITY;
  const counted = {
    includes: () => true,
    currencies: history.words.currency,
    currency: (row: number) => history.currency[row]!,
    units: (row: number) => history.value[row]!,
  };
  return entriesIn(history, visits, { pipeline: sales, from, to, until, counted });
};

function naiveOutcome(visit: NaiveVisit, next: NaiveVisit | undefined) {
  if (visit.how === 'removed') return 'left';
  if (visit.how !== 'moved') return visit.how;
  if (next!.pipeline !== 'sales' || next!.stage === 'offer') return 'left';
  const place = (stage: string) => (stage === 'offer' ? 2 : order.indexOf(stage));
  return place(next!.stage) > place(visit.stage) ? 'advanced' : 'back';
}

const period = fc
  .tuple(fc.integer({ min: -60, max: 200 }), fc.integer({ min: -60, max: 200 }))
  .map(days => days.sort((a, b) => a - b).map(day => START + day * DAY) as [number, number]);

describe('entries to stages', () => {
  test('have the outcomes that the journal says, read transaction by transaction', () => {
    fc.assert(
      fc.property(
        randomHistory({ isBackdated: false, steps: 60 }),
        period,
        ({ transactions }, [from, to]) => {
          const visits = naiveVisits(transactions);
          const expected = new Map<string, number>();
          for (const [i, visit] of visits.entries()) {
            if (visit.pipeline !== 'sales' || visit.entered < from || visit.entered >= to) continue;
            const key = `${visit.stage} ${naiveOutcome(visit, visits[i + 1])}`;
            expected.set(key, (expected.get(key) ?? 0) + 1);
          }
          const actual = new Map<string, number>();
          for (const { stage, counts } of entries(transactions, from, to))
            for (const outcome of outcomes)
              if (counts[outcome] > 0)
                actual.set(`${stage} ${outcome}`, (actual.get(`${stage} ${outcome}`) ?? 0) + counts[outcome]);
          expect(actual).toEqual(expected);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  test('of the parts of a period add up to its own', () => {
    fc.assert(
      fc.property(randomHistory(), period, fc.nat(), ({ transactions }, [from, to], cut) => {
        const middle = from + (cut % Math.max(1, to - from));
        const total = (all: ReturnType<typeof entries>) =>
          all.reduce((sum, { counts }) => sum + outcomes.reduce((n, outcome) => n + counts[outcome], 0), 0);
        const [first, second] = [entries(transactions, from, middle), entries(transactions, middle, to)];
        expect(total(first) + total(second)).toBe(total(entries(transactions, from, to)));
      }),
      { numRuns: runs(60) },
    );
  });

  test('of deals made in a period count each deal once per stage up to the furthest', () => {
    fc.assert(
      fc.property(randomHistory({ isBackdated: false }), period, ({ transactions, now }, [from, to]) => {
        const reached = new Map<string, number>();
        for (const deal of naivePast(transactions).values()) {
          if (deal.isVoid || deal.created < from || deal.created >= to) continue;
          const own = naiveVisits(transactions).filter(
            visit => visit.deal === deal.number && visit.pipeline === 'sales',
          );
          const furthest = Math.max(-1, ...own.map(visit => order.indexOf(visit.stage)));
          const isWon = deal.state(now)!.status === 'won' && !deal.state(now)!.isInTrash;
          for (const stage of order.slice(0, furthest + 1))
            for (const key of [stage, ...(isWon ? [`${stage} won`] : [])])
              reached.set(key, (reached.get(key) ?? 0) + 1);
        }
        const actual = new Map<string, number>();
        for (const each of entries(transactions, from, to))
          for (const [key, count] of [
            [each.stage, each.reached],
            [`${each.stage} won`, each.reachedWon],
          ] as const)
            if (count > 0) actual.set(key, (actual.get(key) ?? 0) + count);
        expect(actual).toEqual(reached);
      }),
      { numRuns: runs(80) },
    );
  });
});

describe('learned probability', () => {
  test('is the share that was won of the decided deals that were ever in a stage', () => {
    fc.assert(
      fc.property(randomHistory({ isBackdated: false, steps: 60 }), ({ transactions, deals }) => {
        const expected = new Map<string, { won: number; n: number }>();
        for (const { id, status } of deals.values()) {
          if (status === 'open') continue;
          const own = naiveVisits(transactions).filter(visit => `D${visit.deal}` === id);
          for (const key of new Set(own.map(visit => `${visit.pipeline}/${visit.stage}`))) {
            const { won, n } = expected.get(key) ?? { won: 0, n: 0 };
            expected.set(key, { won: won + (status === 'won' ? 1 : 0), n: n + 1 });
          }
        }
        const { history, visits } = folded(transactions);
        const learned = learnedIn(history, visits, { until: Number.POSITIVE_INFINITY, includes: () => true });
        expect(new Map([...learned].map(([key, { won, n }]) => [key, { won, n }]))).toEqual(expected);
      }),
      { numRuns: runs(80) },
    );
  });

  // Wilson (1927), as the calculators of textbooks give it.
  test.each([
    [8, 10, 0.8, 0.4902, 0.9433],
    [0, 20, 0, 0, 0.1611],
    [20, 20, 1, 0.8389, 1],
    [50, 100, 0.5, 0.4038, 0.5962],
  ])('of %i won of %i is %f, from %f to %f', (won, n, rate, low, high) => {
    const learned = learnedOf(won, n);
    expect(learned.rate).toBe(rate);
    expect(learned.low).toBeCloseTo(low, 4);
    expect(learned.high).toBeCloseTo(high, 4);
  });

  test('of nothing decided is not known', () => {
    expect(learnedOf(0, 0)).toEqual({ won: 0, n: 0, rate: undefined, low: undefined, high: undefined });
  });
});
