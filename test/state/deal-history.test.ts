/** Until when a deal counts, and how the deals of a history are found. */
import { expect, test } from 'vitest';
import {
  beginsOf,
  type DealRuns,
  endOfDeal,
  firstRowOf,
  hourOf,
  IN_TRASH,
  LOST,
  OPEN,
  positionOf,
  recentRuns,
  rowsOfRuns,
  timeOf,
  WON,
} from '../../src/state/deal-history.ts';
import { lazyHistory } from '../../src/state/lazy-history.ts';

const HOUR = 3_600_000;
const ALWAYS = 2 ** 31 - 1;

test.each([
  [0, 0],
  [1, 1],
  [HOUR, 1],
  [HOUR + 1, 2],
  [-HOUR, -1],
  [-HOUR - 1, -1],
  [(ALWAYS - 1) * HOUR, ALWAYS - 1],
  [ALWAYS * HOUR, ALWAYS],
  [(ALWAYS + 5) * HOUR, ALWAYS],
  [-(ALWAYS - 1) * HOUR, -(ALWAYS - 1)],
  // Nothing fits such a time, so the deal is never left out.
  [-ALWAYS * HOUR, ALWAYS],
  [Number.NEGATIVE_INFINITY, ALWAYS],
  [Number.POSITIVE_INFINITY, ALWAYS],
  [Number.NaN, ALWAYS],
])('a closed deal whose latest time is %d counts until hour %d', (time, hour) => {
  expect(hourOf(time, false) === hour).toBe(true);
  expect(hourOf(time, true)).toBe(ALWAYS);
});

test.each<[string, number[], number[], number]>([
  ['an open deal', [OPEN], [0], 20],
  ['an open deal in the trash', [OPEN | IN_TRASH], [0], 20],
  ['a deal that was added closed', [WON], [0], 20],
  ['a deal that is closed now', [OPEN, WON], [0, 0], 20],
  ['a deal that was in the trash, and is closed now', [OPEN | IN_TRASH, LOST], [0, 0], 20],
  ['a deal that is opened again', [LOST, OPEN], [0, 0], 20],
  ['a deal that was closed before and stays closed', [WON, LOST], [0, 0], Number.NEGATIVE_INFINITY],
  ['a closed deal that goes to the trash', [WON, WON | IN_TRASH], [0, 0], Number.NEGATIVE_INFINITY],
  ['a closed deal of which something is undone', [WON, WON], [0, 7], 20],
])('the last row of %s counts at its time, or not at all', (_, said, undone, time) => {
  const status = Uint8Array.from(said);
  const row = status.length - 1;
  const [at, earlier] = [Float64Array.from([10, 20].slice(-status.length)), new Float64Array(2)];
  const undoes = Uint8Array.from(undone);
  expect(timeOf({ at, since: earlier, status }, undoes, row - 1, row)).toBe(time);
  if (undone.every(each => each === 0))
    expect(timeOf({ at, since: earlier, status }, undefined, row - 1, row)).toBe(time);
  // The stage may have been entered later than the row says, by a correction.
  if (time === 20)
    expect(timeOf({ at, since: Float64Array.of(30, 30), status }, undoes, row - 1, row)).toBe(30);
});

/** D2 with two rows, D5 with one, D9 with three. */
const runs: DealRuns = {
  number: Int32Array.of(2, 5, 9),
  begin: Int32Array.of(0, 2, 3),
  end: Int32Array.of(2, 3, 6),
  latest: Int32Array.of(7, ALWAYS, 8),
};

test.each([
  [1, 0, 0],
  [2, 0, 0],
  [3, 0, 1],
  [5, 0, 1],
  [9, 0, 2],
  [10, 0, 3],
  [9, 1, 2],
  [9, 2, 2],
  [2, 1, 1],
])('the first deal from D%d on, looked for from position %d on, is at %d', (deal, from, position) => {
  expect(positionOf(runs, deal, from)).toBe(position);
});

test('a deal begins where the one before it ends, and ends where the next one begins', () => {
  expect(beginsOf(runs.end)).toEqual(Int32Array.of(0, 2, 3));
  expect(beginsOf(new Int32Array())).toEqual(new Int32Array());
  expect([1, 2, 3, 5, 9, 10].map(deal => firstRowOf({ runs }, deal))).toEqual([-1, 0, -1, 2, 3, -1]);
  // A deal in the memory behind the last row is not there.
  const deal = Int32Array.of(2, 2, 5, 9, 9, 9, 9);
  expect([0, 1, 2, 3, 4, 5].map(from => endOfDeal({ deal, rows: 6 }, from))).toEqual([2, 2, 3, 6, 6, 6]);
});

test.each([
  [6 * HOUR, [0, 1, 2]],
  [7 * HOUR, [0, 1, 2]],
  [7 * HOUR + 1, [1, 2]],
  [8 * HOUR, [1, 2]],
  [9 * HOUR, [1]],
])('at %d ms or later, the deals at %j count, with the rows that they have', (instant, positions) => {
  const at = (all: Int32Array) => Int32Array.from(positions, position => all[position]!);
  const { number, begin, end, latest } = runs;
  const recent = recentRuns(runs, instant);
  expect(recent).toEqual({ number: at(number), begin: at(begin), end: at(end), latest: at(latest) });
  expect(rowsOfRuns(recent)).toBe(
    positions.reduce((rows, position) => rows + end[position]! - begin[position]!, 0),
  );
});

test('a history in memory finds its deals in its rows, and picks from its columns', () => {
  const columns = {
    deal: Int32Array.of(2, 2, 5, 9, 9, 9),
    at: Float64Array.of(HOUR, 7 * HOUR, HOUR, HOUR, 8 * HOUR, 9 * HOUR),
    status: Uint8Array.of(OPEN, WON, OPEN, OPEN, LOST, LOST),
  };
  const asked: string[] = [];
  const history = lazyHistory(
    { seq: 1, hash: '', rows: 6, words: { pipeline: [], stage: [], owner: [], currency: [] } },
    {
      columnOf: name => {
        asked.push(name);
        return name in columns ? columns[name as keyof typeof columns] : new Float64Array(6);
      },
    },
  );
  expect(history.runs).toEqual(runs);
  expect(history.runs).toBe(history.runs);
  expect([...history.picked('at', Int32Array.of(0, 4))]).toEqual([HOUR, 8 * HOUR]);
  expect(history.picked('status', Int32Array.of(5))).toEqual(Uint8Array.of(LOST));
  expect(history.recent(0).runs).toEqual(runs);
  const recent = history.recent(9 * HOUR);
  expect([...recent.runs.number]).toEqual([5]);
  expect(recent.at).toBe(history.at);
  expect(recent.recent(0).runs).toEqual(runs);
  expect(history.lent('deal')).toBe(columns.deal);
  expect(new Set(asked).size).toBe(asked.length);
});

test('in memory, a deal that is closed from its first row on counts until then, whatever the deal before it was', () => {
  const columns = {
    deal: Int32Array.of(2, 2, 3, 4),
    at: Float64Array.of(HOUR, 2 * HOUR, 7 * HOUR, 5 * HOUR),
    status: Uint8Array.of(OPEN, WON, LOST, WON | IN_TRASH),
  };
  const history = lazyHistory(
    { seq: 1, hash: '', rows: 4, words: { pipeline: [], stage: [], owner: [], currency: [] } },
    { columnOf: name => (name in columns ? columns[name as keyof typeof columns] : new Float64Array(4)) },
  );
  expect(history.runs).toEqual({
    number: Int32Array.of(2, 3, 4),
    begin: Int32Array.of(0, 2, 3),
    end: Int32Array.of(2, 3, 4),
    latest: Int32Array.of(2, 7, 5),
  });
});
