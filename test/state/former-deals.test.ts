/** The deals of an earlier instant as a table, and states that are taken back in time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayFromNumber, formatInstant } from '../../src/domain/dates.ts';
import { isRestored } from '../../src/domain/changes.ts';
import { numberOf } from '../../src/domain/kinds.ts';
import { fromMinorUnits } from '../../src/domain/money.ts';
import type { Rec } from '../../src/domain/records.ts';
import { columnsOf } from '../../src/kinds/fields.ts';
import { Backwards } from '../../src/state/backwards.ts';
import { liveColumn } from '../../src/state/columns/index.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { FormerDeals } from '../../src/state/former-deals.ts';
import { MemorySource } from '../../src/state/source.ts';
import { type Logged, State } from '../../src/state/state.ts';
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
