import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, SetChange } from '../../src/domain/changes.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { LOST_THERE, MOVED, REMOVED, STILL, visitsIn, WON_THERE } from '../../src/state/visits.ts';
import { added } from '../added.ts';
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
  test('equal the journal read transaction by transaction', () => {
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

  const add = {
    ...{ id: 'D1', title: 'Chairs', value: '936.50', currency: 'EUR', pipeline: 'service', stage: 'new' },
    ...{ status: 'open', createdAt: '2026-01-05T08:00:00Z', stageSince: '2026-01-05T08:00:00Z' },
  };
  const transaction = (seq: number, at: string, change: Change, undoes?: number): RandomTransaction => ({
    ...{ seq, at, hash: `hash ${seq}`, prev: '', changes: [change] },
    ...(undoes && { undoes }),
  });
  const set = (values: SetChange['set']): Change => ({ kind: 'deal', id: 'D1', set: values });

  test('go on from the undo of a closing where the deal was moved after the time of the closing', () => {
    const closed = '2026-01-05T09:00:00Z';
    const undone = '2026-01-12T21:00:00Z';
    const visits = visitsOf([
      transaction(1, add.createdAt, added(add)),
      transaction(2, '2026-01-05T17:00:00Z', set({ pipeline: ['service', 'sales'] })),
      transaction(3, undone, set({ status: ['open', 'won'], closedAt: [null, closed] })),
      transaction(4, undone, set({ status: ['won', 'open'], closedAt: [closed, null] }), 3),
    ]);
    expect(visits).toMatchObject([
      { pipeline: 'service', entered: Date.parse(add.createdAt), left: Date.parse(closed), how: 'won' },
      { pipeline: 'sales', entered: Date.parse(undone), left: null, how: 'still' },
    ]);
  });

  test('of one instant stay when a deal that was won is lost', () => {
    const at = add.createdAt;
    const visits = visitsOf([
      transaction(1, at, added(add)),
      transaction(2, at, set({ stage: ['new', 'talks'] })),
      transaction(3, at, set({ status: ['open', 'won'], closedAt: [null, at], stage: ['talks', 'new'] })),
      transaction(4, at, set({ status: ['won', 'lost'] })),
    ]);
    expect(visits).toMatchObject([
      { stage: 'new', how: 'moved' },
      { stage: 'talks', how: 'lost' },
    ]);
  });

  test('end as what a closing became after the undo of a reopening, all at one instant', () => {
    const at = add.createdAt;
    const visits = visitsOf([
      transaction(1, at, added(add)),
      transaction(2, at, set({ status: ['open', 'won'], closedAt: [null, at] })),
      transaction(3, at, set({ status: ['won', 'open'], closedAt: [at, null] })),
      transaction(4, at, set({ status: ['open', 'won'], closedAt: [null, at] }), 3),
      transaction(5, at, set({ status: ['won', 'lost'] })),
    ]);
    expect(visits).toMatchObject([{ stage: 'new', how: 'lost' }]);
  });

  test.each<[string, RandomTransaction[], object[]]>([
    [
      'a move that is undone was no visit',
      [
        transaction(2, '2026-01-06T08:00:00Z', set({ stage: ['new', 'talks'] })),
        transaction(
          3,
          '2026-01-07T08:00:00Z',
          set({ stage: ['talks', 'new'], stageSince: ['2026-01-06T08:00:00Z', add.stageSince] }),
          2,
        ),
      ],
      [{ stage: 'new', entered: Date.parse(add.stageSince), left: null, how: 'still' }],
    ],
    [
      'the first of two moves that is undone was no visit, and the one before it ends as the other one did',
      [
        transaction(2, '2026-01-06T08:00:00Z', set({ stage: ['new', 'talks'] })),
        transaction(
          3,
          '2026-01-07T08:00:00Z',
          set({ status: ['open', 'won'], closedAt: [null, '2026-01-07T08:00:00Z'] }),
        ),
        transaction(
          4,
          '2026-01-08T08:00:00Z',
          set({ stage: ['talks', 'new'], stageSince: ['2026-01-06T08:00:00Z', add.stageSince] }),
          2,
        ),
      ],
      [
        {
          stage: 'new',
          entered: Date.parse(add.stageSince),
          left: Date.parse('2026-01-07T08:00:00Z'),
          how: 'won',
        },
      ],
    ],
    [
      'a deal in the trash left its stage then, and goes on when it comes back',
      [
        transaction(2, '2026-01-06T08:00:00Z', { kind: 'deal', id: 'D1', rm: add }),
        transaction(3, '2026-01-07T08:00:00Z', added(add)),
        transaction(4, '2026-01-08T08:00:00Z', { kind: 'deal', id: 'D1', rm: add }),
      ],
      [
        {
          stage: 'new',
          entered: Date.parse(add.stageSince),
          left: Date.parse('2026-01-08T08:00:00Z'),
          how: 'removed',
        },
      ],
    ],
    [
      'a deal that comes back in another stage left the former one then',
      [
        transaction(2, '2026-01-06T08:00:00Z', { kind: 'deal', id: 'D1', rm: add }),
        transaction(3, '2026-01-07T08:00:00Z', added({ ...add, stage: 'talks' })),
      ],
      [
        { stage: 'new', left: Date.parse('2026-01-07T08:00:00Z'), how: 'moved' },
        { stage: 'talks', entered: Date.parse('2026-01-07T08:00:00Z'), left: null, how: 'still' },
      ],
    ],
    [
      'a reopened deal begins a new visit of the same stage',
      [
        transaction(
          2,
          '2026-01-06T08:00:00Z',
          set({ status: ['open', 'lost'], closedAt: [null, '2026-01-06T08:00:00Z'] }),
        ),
        transaction(
          3,
          '2026-01-07T08:00:00Z',
          set({ status: ['lost', 'open'], closedAt: ['2026-01-06T08:00:00Z', null] }),
        ),
      ],
      [
        { stage: 'new', left: Date.parse('2026-01-06T08:00:00Z'), how: 'lost' },
        { stage: 'new', entered: Date.parse('2026-01-07T08:00:00Z'), left: null, how: 'still' },
      ],
    ],
    [
      'a deal that is moved and closed at once was closed in the stage before',
      [
        transaction(
          2,
          '2026-01-06T08:00:00Z',
          set({ status: ['open', 'won'], closedAt: [null, '2026-01-06T08:00:00Z'], stage: ['new', 'talks'] }),
        ),
        transaction(3, '2026-01-07T08:00:00Z', set({ status: ['won', 'lost'] })),
      ],
      [{ stage: 'new', left: Date.parse('2026-01-06T08:00:00Z'), how: 'lost' }],
    ],
    [
      'a lost deal that is won after that was won, when it was lost',
      [
        transaction(
          2,
          '2026-01-06T08:00:00Z',
          set({ status: ['open', 'lost'], closedAt: [null, '2026-01-06T08:00:00Z'] }),
        ),
        transaction(3, '2026-01-07T08:00:00Z', set({ status: ['lost', 'won'] })),
      ],
      [{ stage: 'new', left: Date.parse('2026-01-06T08:00:00Z'), how: 'won' }],
    ],
    [
      'a lost deal that goes to the trash was lost all the same',
      [
        transaction(
          2,
          '2026-01-06T08:00:00Z',
          set({ status: ['open', 'lost'], closedAt: [null, '2026-01-06T08:00:00Z'] }),
        ),
        transaction(3, '2026-01-07T08:00:00Z', { kind: 'deal', id: 'D1', rm: { ...add, status: 'lost' } }),
      ],
      [{ stage: 'new', left: Date.parse('2026-01-06T08:00:00Z'), how: 'lost' }],
    ],
    [
      'a deal that is lost in the trash was removed',
      [
        transaction(2, '2026-01-06T08:00:00Z', { kind: 'deal', id: 'D1', rm: add }),
        transaction(3, '2026-01-07T08:00:00Z', added({ ...add, status: 'lost' })),
      ],
      [{ stage: 'new', left: Date.parse('2026-01-06T08:00:00Z'), how: 'removed' }],
    ],
  ])('%s', (_, later, expected) => {
    const visits = visitsOf([transaction(1, add.createdAt, added(add)), ...later]);
    expect(visits).toHaveLength(expected.length);
    expect(visits).toMatchObject(expected);
  });

  test('have the row with which they began, and the last one before they ended', () => {
    const fold = new HistoryFold();
    for (const tx of [
      transaction(1, add.createdAt, added(add)),
      transaction(2, '2026-01-06T08:00:00Z', set({ value: ['936.50', '2.00'] })),
      transaction(3, '2026-01-07T08:00:00Z', set({ stage: ['new', 'talks'] })),
      transaction(4, '2026-01-08T08:00:00Z', set({ value: ['2.00', '3.00'] })),
      transaction(
        5,
        '2026-01-09T08:00:00Z',
        set({ status: ['open', 'won'], closedAt: [null, '2026-01-09T08:00:00Z'] }),
      ),
      transaction(6, '2026-01-10T08:00:00Z', set({ title: ['Chairs', 'Desk'] })),
    ])
      fold.take(tx);
    const history = fold.finish();
    const { first, last } = visitsIn(history);
    expect([Array.from(first), Array.from(last)]).toEqual([
      [0, 2],
      [1, 4],
    ]);
    expect(visitsIn(history)).toBe(visitsIn(history));
    expect(visitsIn(history, Date.parse('2026-01-06T09:00:00Z')).count).toBe(1);
    expect(visitsIn(history).count).toBe(2);
  });
});
