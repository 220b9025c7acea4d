/** The deals of an earlier instant as a table, and states that are taken back in time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayFromNumber, formatInstant } from '../../src/domain/dates.ts';
import { type Change, isRestored, type SetChange } from '../../src/domain/changes.ts';
import { numberOf } from '../../src/domain/kinds.ts';
import { fromMinorUnits } from '../../src/domain/money.ts';
import type { Rec } from '../../src/domain/records.ts';
import type { ColumnSpec } from '../../src/kinds/define.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { Backwards } from '../../src/state/backwards.ts';
import { liveColumn } from '../../src/state/columns/index.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { FormerDeals } from '../../src/state/former-deals.ts';
import { MemorySource } from '../../src/state/source.ts';
import type { Logged } from '../../src/state/change-log.ts';
import { State } from '../../src/state/state.ts';
import { cellOf, configOf, emptyState } from './contents.ts';
import { naivePast } from './naive-history.ts';
import { type RandomTransaction, randomHistory } from './random-history.ts';
import { added } from '../added.ts';

const config = configOf();
const specs = [...columnsOf(config, 'deal').values()];

function folded(transactions: readonly RandomTransaction[], state = emptyState(config)): State {
  for (const { changes, at, seq } of transactions) for (const change of changes) state.apply(change, at, seq);
  return state;
}

const historyOf = (transactions: readonly RandomTransaction[]) => {
  const fold = new HistoryFold();
  for (const tx of transactions) fold.take(tx);
  return fold.finish();
};

/** The live deals by id, without what follows from the time of a change. */
function dealsOf(state: State): Map<string, object> {
  const table = state.table('deal');
  return new Map(
    table.liveRows().map(row => {
      const { createdAt: _, updatedAt: _at, stageSince: _since, ...deal } = table.record(row);
      return [deal.id, deal];
    }),
  );
}

describe('the deals of an instant', () => {
  test('are those that were there and still are, as the past has them (property)', () => {
    fc.assert(
      fc.property(randomHistory(), fc.nat(), ({ transactions, now }, pick) => {
        const table = folded(transactions).table('deal');
        const history = historyOf(transactions);
        const naive = naivePast(transactions);
        const times = [...naive.values()].flatMap(deal => deal.times()).concat(now);
        const until = times[pick % times.length]! - (pick % 2);
        const former = new FormerDeals(table, history, until, transactions.length);
        const numbers = former.numbers();
        const there = [...naive.values()].filter(deal => {
          const state = deal.state(until);
          return state !== undefined && !state.isInTrash;
        });
        const alive = there.filter(deal => table.row(deal.number) >= 0).map(deal => deal.number);
        expect(Array.from({ length: former.rows }, (_, row) => numbers.get(row))).toEqual(
          alive.sort((a, b) => a - b),
        );
        for (let row = 0; row < former.rows; row++) {
          const said = naive.get(numbers.get(row))!.state(until)!;
          const record = former.record(row);
          expect(record).toMatchObject({ ...said.place, status: said.status, currency: said.currency });
          expect([Number(record.value), record.owner ?? null, record.expectedClose ?? null]).toEqual([
            Number(fromMinorUnits(said.units, said.currency)),
            said.owner,
            said.close === null ? null : dayFromNumber(said.close),
          ]);
          expect(Date.parse(record.stageSince as string)).toBeLessThanOrEqual(until);
        }
        for (const { number } of naive.values()) {
          const fields = former.fieldsOf(number);
          const state = there.find(deal => deal.number === number)?.state(until);
          expect(fields?.stage).toBe(state?.place.stage);
          expect(fields?.status).toBe(state?.status);
          // What the past has itself follows from no change; what it does not have does.
          expect([
            former.followsChanges(number, 'stage', 1),
            former.followsChanges(number, 'title', 1),
          ]).toEqual([false, state !== undefined]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('have the columns that their records have (property)', () => {
    fc.assert(
      fc.property(randomHistory(), fc.nat(), fc.boolean(), ({ transactions, now }, pick, isOlder) => {
        const state = folded(transactions);
        const history = historyOf(transactions);
        const times = transactions.map(tx => Date.parse(tx.at)).concat(now);
        const until = times[pick % times.length]!;
        const former = new FormerDeals(
          state.table('deal'),
          history,
          until,
          transactions.length + Number(isOlder),
        );
        for (const spec of specs) {
          const column = liveColumn(former.column(spec));
          const records = liveColumn(
            new MemorySource(Array.from({ length: former.rows }, (_, row) => former.record(row))).column(
              spec,
            ),
          );
          const cells = (of: typeof column) =>
            Array.from({ length: former.rows }, (_, row) => cellOf(of, row) ?? null);
          expect([spec.key, cells(column)]).toEqual([spec.key, cells(records)]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('at the end are the deals as they are (property)', () => {
    fc.assert(
      fc.property(randomHistory({ isBackdated: false, isPlain: true }), ({ transactions, now }) => {
        const table = folded(transactions).table('deal');
        const former = new FormerDeals(table, historyOf(transactions), now, transactions.length);
        expect(Array.from({ length: former.rows }, (_, row) => former.record(row))).toEqual(
          table.liveRows().map(row => table.record(row)),
        );
      }),
    );
  });

  test.each([
    [
      'while it was open',
      '2026-01-06',
      { status: 'open', closedAt: undefined, closedStage: undefined, lostReason: undefined },
    ],
    ['after it was lost', '2026-01-08', { status: 'lost', closedStage: 'talks', lostReason: 'price' }],
  ])('have a closing only from then on: %s', (_, day, expected) => {
    const at = (n: string) => `${n}T08:00:00.000Z`;
    const deal = {
      id: 'D1',
      title: 'Chairs',
      value: '1.00',
      currency: 'EUR',
      pipeline: 'sales',
      stage: 'talks',
    };
    const set = {
      status: ['open', 'lost'],
      closedAt: [null, at('2026-01-07')],
      closedStage: [null, 'talks'],
      lostReason: [null, 'price'],
    } as const;
    const transactions: RandomTransaction[] = [
      {
        seq: 1,
        hash: '1',
        prev: '',
        at: at('2026-01-05'),
        changes: [added({ ...deal, status: 'open' })],
      },
      { seq: 2, hash: '2', prev: '1', at: at('2026-01-07'), changes: [{ kind: 'deal', id: 'D1', set }] },
    ];
    const table = folded(transactions).table('deal');
    const until = Date.parse(at(day));
    const former = new FormerDeals(table, historyOf(transactions), until, 2);
    expect(former.record(0)).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
    );
    for (const [path, value] of Object.entries(expected)) {
      expect(former.record(0)[path]).toBe(value);
      const spec = specs.find(each => each.key === path);
      if (spec && path !== 'closedAt')
        expect(cellOf(liveColumn(former.column(spec)), 0) || undefined).toBe(value);
    }
    expect(former.followsChanges(1, 'closedAt', 2)).toBe(expected.status === 'lost');
    expect(former.fieldsOf(2)).toBeUndefined();
    expect(former.followsChanges(2, 'title', 2)).toBe(false);
    const before = new FormerDeals(table, historyOf(transactions), Date.parse(at('2026-01-04')), 2);
    expect([before.rows, before.fieldsOf(1)]).toEqual([0, undefined]);
  });
});

describe('a field of a former deal', () => {
  const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T08:00:00.000Z`;
  const deal = {
    id: 'D1',
    title: 'Chairs',
    value: '1.00',
    currency: 'EUR',
    pipeline: 'sales',
    stage: 'talks',
    status: 'open',
  };
  const closing = (day: number) =>
    ({
      status: ['open', 'lost'],
      closedAt: [null, at(day)],
      closedStage: [null, 'talks'],
      lostReason: [null, 'price'],
    }) as const;
  const reopening = {
    status: ['lost', 'open'],
    closedAt: [at(7), null],
    closedStage: ['talks', null],
    lostReason: ['price', null],
  } as const;
  const tx = (seq: number, day: number, change: Change): RandomTransaction => ({
    ...{ seq, hash: `${seq}`, prev: '', at: at(day), changes: [change] },
  });
  const set = (values: SetChange['set']): Change => ({ kind: 'deal', id: 'D1', set: values });
  const wonBefore = {
    ...deal,
    status: 'lost',
    createdAt: at(2),
    closedAt: at(3),
    closedStage: 'talks',
    lostReason: 'price',
  };

  /** Whether each field follows changes after the past, and those that the past knows. */
  const follows = (former: FormerDeals, known: number) =>
    ['closedAt', 'closedStage', 'lostReason', 'title', 'stage', 'value'].map(path =>
      [known, known + 1].map(seq => former.followsChanges(1, path, seq)),
    );
  const [no, late, yes] = [
    [false, false],
    [false, true],
    [true, true],
  ];

  test.each<[string, number, readonly RandomTransaction[], unknown]>([
    ['an open deal', 9, [tx(1, 5, added(deal))], [no, late, late, yes, no, no]],
    [
      'a deal that was open then and is lost now',
      6,
      [tx(1, 5, added(deal)), tx(2, 7, set(closing(7)))],
      [no, no, no, yes, no, no],
    ],
    [
      'a deal that was lost then, as it is now',
      8,
      [tx(1, 5, added(deal)), tx(2, 7, set(closing(7)))],
      [yes, late, late, yes, no, no],
    ],
    [
      'a deal that was lost then, and has changed since',
      8,
      [tx(1, 5, added(deal)), tx(2, 7, set(closing(7))), tx(3, 9, set({ title: ['Chairs', 'Desk'] }))],
      [yes, yes, yes, yes, no, no],
    ],
    [
      'a deal that was lost then, imported with the time of its closing',
      8,
      [tx(1, 5, added(wonBefore, { line: 2 })), tx(2, 9, set({ title: ['Chairs', 'Desk'] }))],
      [no, late, late, yes, no, no],
    ],
    [
      'a deal that was lost then, imported with the time of its closing, and reopened since',
      8,
      [
        tx(1, 5, added(wonBefore, { line: 2 })),
        tx(2, 9, set({ title: ['Chairs', 'Desk'] })),
        tx(3, 10, set(reopening)),
      ],
      [no, yes, yes, yes, no, no],
    ],
  ])('follows changes only if the past does not say it: of %s', (_, day, transactions, expected) => {
    const former = new FormerDeals(
      folded(transactions).table('deal'),
      historyOf(transactions),
      Date.parse(at(day)),
      transactions.length,
    );
    expect(follows(former, transactions.length)).toEqual(expected);
    expect(former.followsChanges(2, 'title', 1)).toBe(false);
  });

  test('is that of the past if this ends before the last transaction', () => {
    const transactions = [
      tx(1, 5, added(deal)),
      tx(2, 7, set({ stage: ['talks', 'new'], owner: [null, 'ana'] })),
    ];
    const table = folded(transactions).table('deal');
    const former = new FormerDeals(table, historyOf(transactions.slice(0, 1)), Date.parse(at(9)), 2);
    expect(former.record(0)).toMatchObject({ stage: 'talks', stageSince: at(5), updatedAt: at(5) });
    expect(former.record(0).owner).toBeUndefined();
    for (const [key, cell] of [
      ['stage', 'talks'],
      ['owner', null],
      ['status', 'open'],
    ] as const)
      expect(cellOf(liveColumn(former.column(specs.find(each => each.key === key)!)), 0)).toBe(cell);
  });

  test.each([
    [8, { createdAt: at(2), closedAt: at(3), status: 'lost', stageSince: at(2), updatedAt: at(3) }],
    [3, { createdAt: at(2), closedAt: at(3), status: 'lost', stageSince: at(2), updatedAt: at(3) }],
    [
      2,
      {
        createdAt: at(2),
        closedAt: undefined,
        status: 'open',
        closedStage: undefined,
        lostReason: undefined,
      },
    ],
  ])('has the times that an import told, on day %i', (day, expected) => {
    const transactions = [
      tx(1, 5, added(wonBefore, { line: 2 })),
      tx(2, 9, set({ title: ['Chairs', 'Desk'] })),
    ];
    const table = folded(transactions).table('deal');
    const former = new FormerDeals(table, historyOf(transactions), Date.parse(at(day)), 2);
    const record = former.record(0);
    expect(Object.fromEntries(Object.keys(expected).map(path => [path, record[path]]))).toEqual(expected);
    const cell = (key: string) => cellOf(liveColumn(former.column(specs.find(each => each.key === key)!)), 0);
    const time = (text: string | undefined) => (text === undefined ? Number.NaN : Date.parse(text));
    expect([cell('createdAt'), cell('closedAt'), cell('status')]).toEqual([
      time(expected.createdAt),
      time(expected.closedAt),
      expected.status,
    ]);
    expect([cell('closedStage'), cell('lostReason')]).toEqual(
      expected.status === 'lost' ? ['talks', 'price'] : [null, ''],
    );
  });

  test('is not there while the deal is in the trash, nor before it was made, and is once it came back', () => {
    const other = { ...deal, id: 'D2', status: 'won' };
    const transactions = [
      tx(1, 4, added(deal)),
      tx(2, 5, { kind: 'deal', id: 'D1', rm: deal }),
      tx(3, 7, added(deal)),
      tx(4, 7, added(other)),
      tx(5, 9, { kind: 'deal', id: 'D2', rm: other }),
    ];
    const table = folded(transactions).table('deal');
    const there = [3, 4, 6, 8, 9].map(day => {
      const former = new FormerDeals(table, historyOf(transactions), Date.parse(at(day)), 5);
      const numbers = former.numbers();
      const known = [1, 2].filter(number => former.fieldsOf(number) !== undefined);
      return [Array.from({ length: former.rows }, (_, row) => numbers.get(row)), known];
    });
    expect(there).toEqual([
      [[], []],
      [[1], [1]],
      [[], []],
      // D2 is gone today: no row, but a past.
      [[1], [1, 2]],
      [[1], [1]],
    ]);
  });

  test.each([
    [8, 7, 'lost'],
    [10, 7, 'lost'],
    [12, undefined, 'open'],
    [14, 13, 'won'],
  ])('has the last closing on day %i, of day %s', (day, closed, status) => {
    const end = (day: number, to: string) => set({ status: ['open', to], closedAt: [null, at(day)] });
    const transactions = [
      // A deal with a lower number, closed as well.
      tx(1, 2, added(wonBefore, { line: 2 })),
      {
        ...tx(2, 5, added(deal)),
        changes: [
          added(
            { ...wonBefore, id: 'D2', status: 'open', closedAt: null, closedStage: null, lostReason: null },
            { line: 3 },
          ),
        ],
      },
      ...[
        end(7, 'lost'),
        set({ title: ['Chairs', 'Desk'] }),
        set({ status: ['lost', 'open'], closedAt: [at(7), null] }),
        end(13, 'won'),
      ].map((change, i) => tx(3 + i, 7 + 2 * i, { ...change, id: 'D2' } as Change)),
    ];
    const former = new FormerDeals(
      folded(transactions).table('deal'),
      historyOf(transactions),
      Date.parse(at(day)),
      6,
    );
    const spec = specs.find(each => each.key === 'closedAt')!;
    expect(former.record(1)).toMatchObject({ id: 'D2', status });
    expect(former.record(1).closedAt).toBe(closed === undefined ? undefined : at(closed));
    expect(cellOf(liveColumn(former.column(spec)), 1)).toBe(
      closed === undefined ? Number.NaN : Date.parse(at(closed)),
    );
  });

  test('of a closing is empty of a deal that was open then, whatever others have', () => {
    const end = (id: string, stage: string, day = 7): Change => ({
      ...{ kind: 'deal', id },
      set: { ...closing(day), closedStage: [null, stage], lostReason: [null, `not ${stage}`] },
    });
    const transactions = [
      { ...tx(1, 5, added(deal)), changes: [1, 2, 3].map(n => added({ ...deal, id: `D${n}` })) },
      { ...tx(2, 7, end('D1', 'new')), changes: [end('D1', 'new'), end('D2', 'talks')] },
      tx(3, 9, end('D3', 'talks', 9)),
    ];
    const table = folded(transactions).table('deal');
    const cells = (day: number, key: string) => {
      const former = new FormerDeals(table, historyOf(transactions), Date.parse(at(day)), 3);
      const column = liveColumn(former.column(specs.find(each => each.key === key)!));
      return [0, 1, 2].map(row => cellOf(column, row));
    };
    expect([6, 8, 9].map(day => cells(day, 'closedStage'))).toEqual([
      [null, null, null],
      ['new', 'talks', null],
      ['new', 'talks', 'talks'],
    ]);
    expect([6, 8, 9].map(day => cells(day, 'lostReason'))).toEqual([
      ['', '', ''],
      ['not new', 'not talks', ''],
      ['not new', 'not talks', 'not talks'],
    ]);
  });

  test('is the closing of the deal itself, if it was closed as long as it is known', () => {
    // An import that does not say when deals were made: they count as made when they were closed.
    const transactions = [
      {
        ...tx(1, 5, added(deal)),
        changes: [2, 3].map(n => {
          const { createdAt: _, ...rest } = { ...wonBefore, id: `D${n - 1}`, closedAt: at(n) };
          return added(rest, { line: n });
        }),
      },
    ];
    const former = new FormerDeals(
      folded(transactions).table('deal'),
      historyOf(transactions),
      Date.parse(at(9)),
      1,
    );
    expect([1, 2].map(number => former.fieldsOf(number))).toMatchObject([
      { createdAt: at(2), closedAt: at(2), status: 'lost' },
      { createdAt: at(3), closedAt: at(3), status: 'lost' },
    ]);
    for (const key of ['createdAt', 'closedAt']) {
      const column = liveColumn(former.column(specs.find(each => each.key === key)!));
      expect([0, 1].map(row => cellOf(column, row))).toEqual([2, 3].map(day => Date.parse(at(day))));
    }
  });

  test('is in a column that reads other fields too', () => {
    const transactions = [
      tx(1, 5, added(deal)),
      tx(2, 7, set({ stage: ['talks', 'new'], title: ['Chairs', 'Desk'] })),
    ];
    const former = new FormerDeals(
      folded(transactions).table('deal'),
      historyOf(transactions),
      Date.parse(at(6)),
      2,
    );
    const spec: ColumnSpec = {
      ...{ key: 'both', storedAs: 'both', type: 'text', reads: ['stage', 'title'] },
      cell: ({ stage, title }) => `${stage} ${title}`,
    };
    expect(cellOf(liveColumn(former.column(spec)), 0)).toBe('talks desk');
  });

  test('is read from the past and from the present columns, without a record, unless a column reads several', () => {
    const transactions = [
      tx(1, 5, added({ ...deal, tags: ['a'], contacts: ['C1'] })),
      tx(
        2,
        7,
        set({ ...closing(7), title: ['Chairs', 'Desk'], stage: ['talks', 'new'], owner: [null, 'ana'] }),
      ),
    ];
    const table = folded(transactions).table('deal');
    const former = new FormerDeals(table, historyOf(transactions), Date.parse(at(6)), 2);
    const expected = new Map(specs.map(spec => [spec.key, cellOf(liveColumn(former.column(spec)), 0)]));
    let records = 0;
    table.record = () => {
      records++;
      return deal;
    };
    const needing = specs.filter(spec => {
      const before = records;
      expect([spec.key, cellOf(liveColumn(former.column(spec)), 0)]).toEqual([
        spec.key,
        records > before ? expect.anything() : expected.get(spec.key),
      ]);
      return records > before;
    });
    expect(needing.map(({ key }) => key)).toEqual([]);
    // What the present columns have is copied: a table writes into what it is given.
    const tags = specs.find(({ key }) => key === 'tags')!;
    const copy = liveColumn(former.column(tags));
    copy.set(0, ['b']);
    copy.set(1, ['c']);
    expect(cellOf(liveColumn(former.column(tags)), 0)).toEqual(['a']);
    expect(cellOf(table.column('tags'), 0)).toEqual(['a']);
  });

  test('has any number of words', () => {
    const owners = Array.from({ length: 140 }, (_, i) => `u${i}`);
    const transactions = [
      {
        ...tx(1, 5, added(deal)),
        changes: owners.map((owner, i) => added({ ...deal, id: `D${i + 1}`, owner })),
      },
      {
        ...tx(2, 7, added(deal)),
        changes: owners.map(
          (owner, i): Change => ({ kind: 'deal', id: `D${i + 1}`, set: { owner: [owner, 'ana'] } }),
        ),
      },
    ];
    const former = new FormerDeals(
      folded(transactions).table('deal'),
      historyOf(transactions),
      Date.parse(at(6)),
      2,
    );
    const column = liveColumn(former.column(specs.find(each => each.key === 'owner')!));
    expect(owners.map((_, row) => cellOf(column, row))).toEqual(owners);
    expect(owners.map((_, i) => former.fieldsOf(i + 1)?.owner)).toEqual(owners);
    expect([former.fieldsOf(0), former.fieldsOf(141)]).toEqual([undefined, undefined]);
  });
});

describe('a state taken back in time', () => {
  test('by reversing transactions has the records of then (property)', () => {
    fc.assert(
      fc.property(randomHistory({ isBackdated: false }), fc.nat(), ({ transactions }, pick) => {
        const seq = pick % (transactions.length + 1);
        const backwards = new Backwards();
        for (const tx of transactions.slice(seq).reverse()) backwards.take(tx.changes);
        const state = folded(transactions);
        backwards.apply(state, formatInstant(0), () => undefined);
        expect(dealsOf(state)).toEqual(dealsOf(folded(transactions.slice(0, seq))));
      }),
      { numRuns: 300 },
    );
  });

  test('lets the past say what a deal was, and leaves those alone that it says did not exist', () => {
    const at = '2026-01-05T08:00:00.000Z';
    const state = emptyState(config);
    const deal = (id: string): Rec => ({ id, title: 'Chairs', stage: 'new' });
    for (const id of ['D1', 'D2', 'D3']) state.apply(added(deal(id)), at, 1);
    state.apply({ kind: 'deal', id: 'D1', set: { title: ['Chairs', 'Desk'], stage: ['new', 'won'] } }, at, 2);
    const backwards = new Backwards();
    backwards.take([
      added(deal('D3')),
      { kind: 'deal', id: 'D1', set: { title: ['Chairs', 'Desk'], stage: ['new', 'won'] } },
      { kind: 'deal', id: 'D2', set: { title: ['Old', 'Chairs'] } },
      { kind: 'file', id: 'crm.yaml', set: { text: [null, 'name: X'] } },
    ]);
    backwards.apply(state, at, id => (id === 'D1' ? { stage: 'talks' } : id === 'D2' ? null : undefined));
    expect(state.get('D1')).toMatchObject({ title: 'Chairs', stage: 'talks' });
    expect(state.get('D2')).toMatchObject({ title: 'Chairs' });
    expect(state.get('D3')).toBeUndefined();
    expect(state.named('file').size).toBe(0);
  });

  test('has a record as it is, if it was removed and came back the same', () => {
    const time = '2026-01-05T08:00:00.000Z';
    const state = emptyState(config);
    const jane: Rec = { id: 'C1', name: 'Jane', createdAt: time, updatedAt: time };
    for (const change of [added(jane), { kind: 'contact', id: 'C1', rm: jane } as const, added(jane)])
      state.apply(change, time, 1);
    const backwards = new Backwards();
    backwards.take([{ kind: 'contact', id: 'C1', rm: jane }, added(jane)]);
    backwards.apply(state, time, () => undefined);
    expect(state.get('C1')).toEqual(jane);
  });

  test('has a deal as it was added, if the past says that it was made before, and any record as it was removed', () => {
    const time = '2026-01-05T08:00:00.000Z';
    const state = emptyState(config);
    const jane: Rec = { id: 'C1', name: 'Jane', email: 'a@x.com', createdAt: time, updatedAt: time };
    const deal: Rec = { id: 'D1', title: 'Chairs', stage: 'new', value: '1.00' };
    state.apply(added(deal), time, 1);
    state.apply(
      { kind: 'deal', id: 'D1', set: { title: ['Chairs', 'Desk'], owner: [null, 'ana'] } },
      time,
      2,
    );
    state.apply(added({ ...jane, name: 'Joe', phone: '1' }), time, 3);
    const backwards = new Backwards();
    backwards.take([
      { kind: 'contact', id: 'C2', rm: { id: 'C2', name: 'Kim' } },
      { kind: 'contact', id: 'C1', set: { name: ['Janet', 'Jane'] } },
      { kind: 'contact', id: 'C1', rm: jane },
      { kind: 'contact', id: 'C3', set: { name: ['Old', 'Kim'] } },
      { kind: 'contact', id: 'C4', rm: { id: 'C4' }, purge: true },
    ]);
    backwards.take([added(deal), { kind: 'deal', id: 'D1', set: { title: ['Chairs', 'Desk'] } }]);
    backwards.apply(state, time, id => (id === 'D1' ? { stage: 'talks' } : undefined));
    expect(state.get('D1')).toMatchObject({ title: 'Chairs', stage: 'talks', value: '1.00' });
    expect(state.get('D1')!.owner).toBeUndefined();
    expect(state.get('C1')).toMatchObject({ name: 'Janet', email: 'a@x.com' });
    expect(state.get('C1')!.phone).toBeUndefined();
    expect([state.get('C2')?.name, state.has('C3'), state.has('C4')]).toEqual(['Kim', false, false]);
    expect(state.seq).toBe(4);
  });

  test('as of a transaction is the same from the journal and from a later snapshot; quiet changes stay (property)', () => {
    fc.assert(
      fc.property(randomHistory(), fc.nat(), fc.boolean(), ({ transactions }, pick, isQuiet) => {
        const seq = pick % (transactions.length + 1);
        // A quiet change of a deal that came back from the trash may be one of either life.
        const returned = new Set(
          transactions.flatMap(tx => tx.changes.filter(isRestored).map(change => change.id)),
        );
        const log: Logged[] = transactions.flatMap(({ changes, at, seq: its }) =>
          changes.map(change => ({
            change,
            at,
            seq: its,
            quiet: isQuiet && !returned.has(change.id) && (pick >> (its % 16)) % 2 === 1,
          })),
        );
        const state = emptyState(config);
        for (const { change, at, seq: its, quiet } of log) state.apply(change, at, its, quiet);
        const asOf = state.asOf(seq, [], new Map());
        const expected = emptyState(config);
        for (const { change, at, seq: its, quiet } of log)
          if (its <= seq || (quiet && ('add' in change || expected.has(change.id))))
            expected.apply(change, at, its, quiet);
        expect(dealsOf(asOf)).toEqual(dealsOf(expected));
        const table = state.table('deal');
        const records = table.liveRows().map(row => table.record(row));
        const tip = new State(
          {
            seq: transactions.length,
            seqOf: () => transactions.length,
            source: kind => new MemorySource(kind === 'deal' ? records : []),
            named: () => [],
            trash: () => [],
            next: () => 100,
          },
          config,
        );
        const since = log.filter(each => each.seq > seq);
        const then = folded(transactions.slice(0, seq));
        const stageSince = new Map(
          [...dealsOf(then).keys()].map(id => [id, then.get(id)!.stageSince as string]),
        );
        const back = tip.asOf(seq, since, stageSince);
        expect(dealsOf(back)).toEqual(dealsOf(expected));
        for (const id of dealsOf(expected).keys()) {
          const moved = since.some(({ change }) => 'set' in change && change.id === id && change.set.stage);
          if (moved) expect(back.get(id)!.stageSince).toBe(expected.get(id)!.stageSince);
        }
        expect(numberOf(tip.nextId('deal'))).toBe(100);
      }),
      { numRuns: 300 },
    );
  });
});
