/** Narrowings of a block combine as the sets of rows that they leave. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  addRows,
  byAge,
  byCode,
  byNumber,
  inAny,
  inOrder,
  notIn,
  oneByOne,
  whereSome,
} from '../../src/query/narrow.ts';
import type { CodeColumn, NumberColumn } from '../../src/state/columns/column.ts';
import type { Narrow } from '../../src/state/table.ts';

const ROWS = 24;
const rowsOf = (among: Uint8Array, from: number) =>
  [...among.keys()].flatMap(i => (among[i] === 1 ? [from + i] : []));
/** The rows of a block that a narrowing leaves. */
function left(narrow: Narrow, rows: readonly number[], from: number, length: number): number[] {
  const among = Uint8Array.from({ length }, (_, i) => (rows.includes(from + i) ? 1 : 0));
  narrow(among, from);
  expect(among.every(each => each <= 1)).toBe(true);
  return rowsOf(among, from);
}
/** Leaves the rows of a set, and counts how often it was asked. */
function leaving(rows: readonly number[]): Narrow & { asked: number } {
  const narrow = Object.assign(
    (among: Uint8Array, from: number) => {
      narrow.asked++;
      for (let i = 0; i < among.length; i++) if (!rows.includes(from + i)) among[i] = 0;
    },
    { asked: 0 },
  );
  return narrow;
}
/** Columns of numbers and of codes, and how often they were read. */
function counted(values: ArrayLike<number>, words: readonly string[] = []) {
  const read = { times: 0 };
  const part = (from: number, length: number) => {
    read.times++;
    return Float64Array.from({ length }, (_, i) => values[from + i]!);
  };
  return {
    read,
    numbers: { part } as unknown as NumberColumn,
    codes: { words, part } as unknown as CodeColumn,
  };
}

const rowSets = fc.uniqueArray(fc.nat(ROWS - 1), { maxLength: ROWS });
const blocks = fc.nat(8).chain(from => fc.tuple(fc.constant(from), fc.integer({ min: 0, max: ROWS - from })));

test('narrowings together leave what their sets leave together, in any block (property)', () => {
  fc.assert(
    fc.property(fc.array(rowSets, { maxLength: 4 }), rowSets, blocks, (sets, given, [from, length]) => {
      const rows = given.filter(row => row >= from && row < from + length).sort((a, b) => a - b);
      const narrows = sets.map(leaving);
      const among = (narrow: Narrow) => left(narrow, rows, from, length);
      const any = inAny(narrows);
      // Asked again for another block, it has forgotten the one before.
      for (let time = 0; time < 2; time++)
        expect(among(any)).toEqual(rows.filter(row => sets.some(set => set.includes(row))));
      expect(among(inOrder(...narrows))).toEqual(rows.filter(row => sets.every(set => set.includes(row))));
      const [set] = sets;
      if (!set) return;
      const not = notIn(leaving(set));
      for (let time = 0; time < 2; time++) expect(among(not)).toEqual(rows.filter(row => !set.includes(row)));
      expect(among(oneByOne(row => set.includes(row)))).toEqual(rows.filter(row => set.includes(row)));
    }),
  );
});

test('a column narrows to the rows whose values a test holds for (property)', () => {
  const value = fc.constantFrom<number[]>(-1, 0, 1, 2);
  const values = fc.array(value, { minLength: ROWS, maxLength: ROWS });
  fc.assert(
    fc.property(values, fc.uniqueArray(value), rowSets, blocks, (of, held, given, [from, length]) => {
      const rows = given.filter(row => row >= from && row < from + length).sort((a, b) => a - b);
      const holds = (each: number) => held.includes(each);
      const among = (narrow: Narrow) => left(narrow, rows, from, length);
      expect(among(byNumber(counted(of).numbers, holds))).toEqual(rows.filter(row => holds(of[row]!)));
      expect(among(byCode(counted(of, ['a', 'b', 'c']).codes, holds))).toEqual(
        rows.filter(row => holds(of[row]!)),
      );
      expect(among(byAge(counted(of).numbers, 10, age => held.includes(10 - age)))).toEqual(
        rows.filter(row => holds(of[row]!)),
      );
    }),
  );
});

describe('what can change nothing any more is not asked', () => {
  it('in order: what follows the one that leaves nothing', () => {
    const narrows = [leaving([1, 2]), leaving([3]), leaving([1])];
    expect(left(inOrder(...narrows), [1, 2, 3], 0, 4)).toEqual([]);
    expect(narrows.map(({ asked }) => asked)).toEqual([1, 1, 0]);
  });

  it('in any: what follows the one that leaves all', () => {
    const narrows = [leaving([]), leaving([1]), leaving([1, 2]), leaving([1])];
    expect(left(inAny(narrows), [1, 2], 0, 4)).toEqual([1, 2]);
    expect(narrows.map(({ asked }) => asked)).toEqual([1, 1, 1, 0]);
  });

  it('a column', () => {
    const reads = (make: (column: ReturnType<typeof counted>) => Narrow, rows: readonly number[]) => {
      const column = counted([0, 1, 0, 1], ['a', 'b']);
      left(make(column), rows, 0, 4);
      return column.read.times;
    };
    const always = () => true;
    for (const rows of [[], [2]]) {
      expect(reads(({ numbers }) => byNumber(numbers, always), rows)).toBe(rows.length);
      expect(reads(({ numbers }) => byAge(numbers, 0, always), rows)).toBe(rows.length);
    }
    // A test that holds for every word and for none, or for nothing, needs no column.
    expect(reads(({ codes }) => byCode(codes, () => true), [1])).toBe(0);
    expect(reads(({ codes }) => byCode(codes, () => false), [1])).toBe(0);
    expect(reads(({ codes }) => byCode(codes, code => code >= 0), [1])).toBe(1);
    expect(reads(({ codes }) => byCode(codes, code => code < 0), [1])).toBe(1);
  });
});

test.each([
  [5, false, [1]],
  [5, true, [1]],
  [0, false, []],
  [0, true, [1, 2]],
])('by another table with %i rows, where none counts as %s: leaves %j', (rows, ifNone, expected) => {
  expect(left(whereSome({ rows }, ifNone, leaving([1])), [1, 2], 0, 4)).toEqual(expected);
});

test('rows are added to those that are there', () => {
  const among = Uint8Array.from([1, 0, 1, 0]);
  addRows(among, Uint8Array.from([1, 1, 0, 0]));
  expect([...among]).toEqual([1, 1, 1, 0]);
});
