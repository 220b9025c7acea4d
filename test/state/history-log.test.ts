/** The past of deals beyond its first room: many rows, many words, and deals whose numbers are far apart. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../src/domain/changes.ts';
import { type DealHistory, historyColumnNames } from '../../src/state/deal-history.ts';
import { HistoryFold } from '../../src/state/fold-history.ts';
import { HistoryLog } from '../../src/state/history-log.ts';
import { lazyHistory } from '../../src/state/lazy-history.ts';
import { added } from '../added.ts';
import { type RandomTransaction, randomHistory } from './random-history.ts';

const folded = (transactions: readonly RandomTransaction[], base?: DealHistory): DealHistory => {
  const fold = new HistoryFold(base);
  for (const tx of transactions) fold.take(tx);
  return fold.finish();
};

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
  expect(folded(transactions.slice(2), folded(transactions.slice(0, 2)))).toEqual(folded(transactions));
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
