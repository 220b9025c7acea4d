/** The past of deals beyond its first room: many rows, many words, and deals whose numbers are far apart. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import { DAY } from '../../src/domain/dates.ts';
import {
  type DealHistory,
  type HistoryColumn,
  historyColumnNames,
  OPEN,
} from '../../src/state/deal-history.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { HistoryLog } from '../../src/state/history-log.ts';
import { lazyHistory } from '../../src/state/lazy-history.ts';
import { added } from '../added.ts';
import { type RandomTransaction, randomHistory, START } from './random-history.ts';

const folded = (transactions: readonly RandomTransaction[], base?: DealHistory): DealHistory => {
  const fold = new HistoryFold(base);
  for (const tx of transactions) fold.take(tx);
  return fold.finish();
};

/** The rows of the deals that a past has. */
const rowsIn = ({ runs: { begin, end } }: DealHistory): number[] =>
  Array.from(begin, (first, i) => Array.from({ length: end[i]! - first }, (_, n) => first + n)).flat();

const columnsOf = (history: DealHistory) =>
  Object.fromEntries(historyColumnNames.map(name => [name, Array.from(history[name])]));

/** The numbers that the deals get: near the bounds up to which a deal has a place in an array, and far beyond. */
const far = [1, 2, 1023, 1024, 1025, 8190, 8191, 8192, 8193, 16_384, 70_000, 9_000_000];

function renumbered(
  transactions: readonly RandomTransaction[],
  numbers: readonly number[],
): RandomTransaction[] {
  const idOf = (id: string) => `D${numbers[Number(id.slice(1)) - 1]!}`;
  const changed = (change: Change): Change => {
    const id = idOf(change.id);
    if ('add' in change) return { ...change, id, add: { ...change.add, id } };
    return 'rm' in change ? { ...change, id, rm: { ...change.rm, id } } : { ...change, id };
  };
  return transactions.map(tx => ({ ...tx, changes: tx.changes.map(changed) }));
}

test('the numbers of deals change nothing else in their past (property)', () => {
  fc.assert(
    fc.property(
      randomHistory({ steps: 20 }),
      fc.nat(),
      fc.shuffledSubarray(far, { minLength: far.length }),
      (random, cut, mixed) => {
        const { transactions } = random;
        const count = new Set(transactions.flatMap(tx => tx.changes.map(change => change.id))).size;
        fc.pre(count <= far.length);
        const numbers = mixed.slice(0, count).sort((a, b) => a - b);
        const other = renumbered(transactions, numbers);
        const { deal, ...near } = columnsOf(folded(transactions));
        const at = cut % (other.length + 1);
        for (const history of [folded(other), folded(other.slice(at), folded(other.slice(0, at)))])
          expect(columnsOf(history)).toEqual({ ...near, deal: deal!.map(number => numbers[number - 1]) });
      },
    ),
    { numRuns: 25 },
  );
});

test('a deal with a large number that was met early stays one deal when there is room for its number', () => {
  const at = '2026-01-05T08:00:00.000Z';
  const values = { title: 'Chairs', currency: 'EUR', pipeline: 'sales', stage: 'new', status: 'open' };
  const add = (number: number) => added({ id: `D${number}`, value: `${number}.00`, ...values });
  const fold = new HistoryFold();
  const take = (seq: number, changes: Change[]) => fold.take({ seq, hash: `${seq}`, at, changes });
  take(1, [add(9000), add(30_000), add(8000), add(9001), add(31_000)]);
  // The room grows meanwhile, and with it the numbers that have a place in an array.
  take(
    2,
    Array.from({ length: 1500 }, (_, i) => add(i + 1)),
  );
  take(
    3,
    [9000, 30_000, 8000, 8100].map(n =>
      n === 8100 ? add(n) : { kind: 'deal', id: `D${n}`, set: { stage: ['new', 'won'] } },
    ),
  );
  const { rows, deal, stage, tx, words } = fold.finish();
  expect(rows).toBe(1509);
  const last = Array.from({ length: 9 }, (_, i) => rows - 9 + i);
  expect(last.map(row => [deal[row], words.stage[stage[row]!], tx[row]])).toEqual([
    [8000, 'new', 1],
    [8000, 'won', 3],
    [8100, 'new', 3],
    [9000, 'new', 1],
    [9000, 'won', 3],
    [9001, 'new', 1],
    [30_000, 'new', 1],
    [30_000, 'won', 3],
    [31_000, 'new', 1],
  ]);
});

test.each<[string, readonly number[], readonly number[], readonly number[]]>([
  ['between those of the base', [1, 3, 5], [3], [2, 4, 6]],
  ['before and after those of the base', [3, 4], [3, 4], [1, 2, 7, 8]],
  ['that are the base', [1, 2], [1, 2], []],
  ['after those of the base, which do not change', [1, 2], [], [3]],
])('a past that goes on with deals %s is the one that is made at once', (_, first, changed, then) => {
  const values = { title: 'Chairs', currency: 'EUR', pipeline: 'sales', stage: 'new', status: 'open' };
  const add = (number: number) => added({ id: `D${number}`, value: `${number}.00`, ...values });
  const tx = (seq: number, changes: readonly Change[]): RandomTransaction => ({
    ...{ seq, hash: `${seq}`, prev: '', at: `2026-01-0${seq}T08:00:00.000Z`, changes },
  });
  const transactions = [
    tx(1, first.map(add)),
    tx(
      2,
      first.map((n): Change => ({ kind: 'deal', id: `D${n}`, set: { stage: ['new', 'talks'] } })),
    ),
    tx(3, [...then].reverse().map(add)),
    tx(
      4,
      changed.map((n): Change => ({ kind: 'deal', id: `D${n}`, set: { owner: [null, `u${n}`] } })),
    ),
  ];
  const [later, atOnce] = [
    folded(transactions.slice(2), folded(transactions.slice(0, 2))),
    folded(transactions),
  ];
  expect(later).toEqual(atOnce);
  expect(later.runs).toEqual(atOnce.runs);
});

test('a past answers the same of its rows however it is asked, at once or gone on with (property)', () => {
  fc.assert(
    fc.property(randomHistory({ steps: 20 }), fc.nat(), fc.nat(), ({ transactions, now }, cut, when) => {
      const at = cut % (transactions.length + 1);
      const instant = now - (when % Math.max(DAY, now - START));
      const whole = columnsOf(folded(transactions)) as Record<HistoryColumn, number[]>;
      const open = (row: number) => whole.status[row] === OPEN;
      // The deals that no report from that instant on can leave out: open at their end, or open at the instant or later.
      const counts = (deal: number) => {
        const rows = whole.deal.flatMap((each, row) => (each === deal ? [row] : []));
        return rows.some(
          (row, i) => open(row) && (i === rows.length - 1 || whole.at[rows[i + 1]!]! > instant),
        );
      };
      for (const history of [
        folded(transactions),
        folded(transactions.slice(at), folded(transactions.slice(0, at))),
      ]) {
        const wanted = Int32Array.from({ length: history.rows }, (_, row) => row).filter(
          row => row % 3 === 1,
        );
        for (const name of historyColumnNames) {
          expect(Array.from(history[name])).toEqual(whole[name]);
          expect(Array.from(history.lent(name))).toEqual(whole[name]);
          expect(Array.from(history.picked(name, wanted))).toEqual(
            Array.from(wanted, row => whole[name][row]),
          );
        }
        const recent = history.recent(instant);
        const deals = new Set(recent.runs.number);
        expect([...new Set(whole.deal)].filter(deal => counts(deal) && !deals.has(deal))).toEqual([]);
        const rows = whole.deal.flatMap((deal, row) => (deals.has(deal) ? [row] : []));
        for (const name of historyColumnNames)
          expect(rowsIn(recent).map(row => recent[name][row])).toEqual(rows.map(row => whole[name][row]));
        expect([recent.seq, recent.hash]).toEqual([history.seq, history.hash]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a past that nothing is added to leaves out the deals that no report from an instant on needs', () => {
  const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}T08:00:00.000Z`;
  const values = { title: 'Chairs', currency: 'EUR', pipeline: 'sales', stage: 'new', value: '1.00' };
  const deals = [1, 2, 3, 4].map(n => added({ id: `D${n}`, ...values, status: 'open' }));
  const end = (n: number, at: number): Change => ({
    ...{ kind: 'deal', id: `D${n}` },
    set: { status: ['open', 'won'], closedAt: [null, day(at)] },
  });
  const tx = (seq: number, at: number, changes: readonly Change[]): RandomTransaction => ({
    ...{ seq, hash: `${seq}`, prev: '', at: day(at), changes },
  });
  const transactions = [
    tx(1, 5, deals),
    tx(2, 7, [end(1, 7)]),
    tx(3, 9, [end(3, 9)]),
    tx(4, 11, [end(4, 11)]),
  ];
  const recent = (history: DealHistory, at: number) => [...history.recent(Date.parse(day(at))).runs.number];
  const atOnce = folded(transactions);
  expect([7, 8, 9, 10, 12].map(at => recent(atOnce, at))).toEqual([
    [1, 2, 3, 4],
    [2, 3, 4],
    [2, 3, 4],
    [2, 4],
    [2],
  ]);
  // What came later may replace rows of the base, so its deals all stay.
  const later = folded(transactions.slice(2), folded(transactions.slice(0, 2)));
  expect([7, 8, 12].map(at => recent(later, at))).toEqual([
    [1, 2, 3, 4],
    [2, 3, 4],
    [2, 3, 4],
  ]);
});

test('a column that nothing is undone in is lent as zeros, also in memory that another column was lent in', () => {
  const log = new HistoryLog();
  for (let row = 0; row < 9; row++) log.at[log.append(1)] = 1.5 + row;
  const history = log.laidOut(1, '');
  const at = history.lent('at');
  expect(Array.from(at)).toEqual([1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]);
  const undoes = history.lent('undoes');
  expect(Array.from(undoes)).toEqual(Array.from({ length: 9 }, () => 0));
  expect(undoes.buffer).toBe(at.buffer);
  expect(Array.from(history.at)).toEqual([1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]);
});

test.each([
  ['that was not foreseen', undefined],
  ['that was foreseen', 5000],
])('any number of rows is kept, %s', (_, room) => {
  const log = new HistoryLog(undefined, room);
  const columns = historyColumnNames.filter(name => name !== 'deal');
  let last = -1;
  for (let i = 0; i < 3000; i++) {
    last = log.append(1 + (i % 3));
    columns.forEach((name, c) => {
      if (name === 'undoes') log.setUndone(last, (i + c) % 100);
      else log[name][last] = (i + c) % 100;
    });
  }
  expect([last, log.prev[last], log.last(3), log.first(last)]).toEqual([2999, 2996, 2999, 2]);
  const history = log.laidOut(7, 'hash');
  expect([history.seq, history.hash, history.rows]).toEqual([7, 'hash', 3000]);
  const order = [0, 1, 2].flatMap(deal => Array.from({ length: 1000 }, (_, i) => 3 * i + deal));
  expect(Array.from(history.deal)).toEqual(order.map(i => 1 + (i % 3)));
  for (const [c, name] of columns.entries())
    expect(Array.from(history[name]), name).toEqual(order.map(i => (i + c) % 100));
});

test('any number of words has positions, and each row keeps its own', () => {
  const log = new HistoryLog();
  const most = 2 ** 15;
  for (let i = 0; i <= most + 1; i++) {
    const code = log.code('owner', `u${i}`);
    if (i !== 0 && i !== 127 && i !== 128 && i < most - 1) continue;
    log.owner[log.append(1)] = code;
  }
  expect(log.code('owner', 'u7')).toBe(7);
  expect([log.word('owner', 7), log.word('owner', -1), log.word('stage', 0)]).toEqual(['u7', '', '']);
  const { owner, words } = log.laidOut(1, '');
  expect(Array.from(owner, code => words.owner[code])).toEqual([
    'u0',
    'u127',
    'u128',
    'u32767',
    'u32768',
    'u32769',
  ]);
});

test('amounts of any size keep their value, also those that were noted before a large one', () => {
  const amounts = [7, 2 ** 31 - 1, 2 ** 31, 5_000_000_000_01, 0, 12];
  const log = new HistoryLog();
  for (const amount of amounts) log.setValue(log.append(1), amount);
  const history = log.laidOut(1, '');
  expect(Array.from(history.value)).toEqual(amounts);
  const later = new HistoryLog(history);
  later.last(1);
  expect(Array.from(later.laidOut(2, '').value)).toEqual(amounts);
});

test('a column of a past is made at its first use, once', () => {
  const asked: string[] = [];
  const history = lazyHistory(
    { seq: 3, hash: 'h', rows: 1, words: { pipeline: [], stage: [], owner: [], currency: [] } },
    {
      columnOf: name => {
        asked.push(name);
        return Uint8Array.of(asked.length);
      },
    },
  );
  expect([Object.keys(history).sort(), asked]).toEqual([
    [...historyColumnNames, 'seq', 'hash', 'rows', 'words'].sort(),
    [],
  ]);
  expect([history.tx[0], history.at[0], history.tx[0], asked]).toEqual([1, 2, 1, ['tx', 'at']]);
});
