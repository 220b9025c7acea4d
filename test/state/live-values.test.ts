/** Columns in a file that are longer than one part: the values that they give, and what they read for these. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Cell } from '../../src/domain/cell.ts';
import { type Codes, type ColumnData, PART } from '../../src/state/columns/column.ts';
import { liveColumn } from '../../src/state/columns/index.ts';
import type { LiveNumbers } from '../../src/state/columns/numbers.ts';
import type { LiveCodes } from '../../src/state/columns/codes.ts';

const ROWS = 2 * PART + 1000;
/** Both ends of each part, and what lies beside them and beyond the last row. */
const places = [
  0,
  1,
  2,
  PART - 1,
  PART,
  PART + 1,
  2 * PART - 1,
  2 * PART,
  2 * PART + 1,
  ROWS - 1,
  ROWS,
  ROWS + 1,
];

/** A column in a file that counts what is read of it, until so many parts were read. */
function inFile(
  values: Float64Array | Codes,
  { words, most = Number.POSITIVE_INFINITY }: { words?: string[]; most?: number } = {},
) {
  const reads = { cells: 0, parts: 0, wholes: 0 };
  const none = words ? -1 : Number.NaN;
  const data = {
    type: words ? ('code' as const) : ('number' as const),
    ...(words && { words }),
    get values() {
      reads.wholes++;
      return values.slice();
    },
    cells: {
      rows: values.length,
      at(row: number) {
        reads.cells++;
        return values[row] ?? none;
      },
      room: (count: number) => new (values.constructor as new (n: number) => Float64Array)(count),
      fill(into: Float64Array | Codes, from: number) {
        reads.parts++;
        into.fill(none).set(values.subarray(from, from + into.length));
        return reads.parts <= most;
      },
      get areMany() {
        return reads.parts > most;
      },
    },
  };
  return { reads, column: liveColumn(data as ColumnData) };
}

/** Row by row 0 to 6 and no value. */
const numbers = () => Float64Array.from({ length: ROWS }, (_, row) => (row % 8 === 7 ? Number.NaN : row % 8));
const WORDS = ['a', 'b', 'c'];
const codes = () => Int8Array.from({ length: ROWS }, (_, row) => (row % 4) - 1);

type Step =
  | { do: 'set'; row: number; value: number | undefined }
  | { do: 'get' | 'equal'; row: number; value: number | undefined }
  | { do: 'part'; row: number; value: number | undefined };
const steps = fc.array(
  fc.record({
    do: fc.constantFrom<Step['do'][]>('set', 'set', 'get', 'equal', 'part', 'part'),
    row: fc.constantFrom(...places),
    value: fc.constantFrom(undefined, 0, 1, 2),
  }),
  { maxLength: 14 },
);
const mosts = fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY);

/** Does steps with a column and with its cells in a list, and compares what they give. */
function compare(
  given: readonly Step[],
  column: LiveNumbers | LiveCodes,
  model: number[],
  cellOf: (value: number | undefined) => Cell,
): void {
  const none = column.type === 'code' ? -1 : Number.NaN;
  for (const step of given) {
    const row = Math.min(step.row, model.length);
    const from = Math.floor(row / PART) * PART;
    const count = Math.min(PART, model.length - from);
    if (step.do === 'set') {
      column.set(row, cellOf(step.value));
      model[row] = step.value ?? none;
    } else if (step.do === 'part') {
      const part = column.part(from, count);
      expect(part.length).toBe(count);
      // Only the ends are compared: the rows between are like them.
      for (const at of [0, 1, 2, row - from, count - 2, count - 1])
        if (at >= 0 && at < count) expect(part[at], `${from} + ${at}`).toBe(model[from + at]);
    } else if (step.do === 'get') expect(column.get(row), `${row}`).toBe(model[row] ?? none);
    else if (column.type === 'number' && step.value !== undefined) {
      const found: number[] = [];
      column.equal(step.value, each => found.push(each));
      const expected = model.flatMap((value, each) => (value === step.value ? [each] : []));
      expect(found.length).toBe(expected.length);
      expect(found.sort((a, b) => a - b).every((each, i) => each === expected[i])).toBe(true);
    }
  }
}

test('a column of several parts gives what was written, however it is read (property)', () => {
  fc.assert(
    fc.property(steps, mosts, fc.boolean(), (given, most, isCode) => {
      const values = isCode ? codes() : numbers();
      const { column } = inFile(values, { ...(isCode && { words: [...WORDS] }), most });
      const get = (row: number) => (column as LiveNumbers).get(row);
      // A row that is not there yet is asked for only once it was written.
      const model = [...values];
      compare(
        given.filter(step => step.do !== 'get' || step.row < ROWS),
        column as LiveNumbers | LiveCodes,
        model,
        value => (isCode && value !== undefined ? WORDS[value] : value),
      );
      for (const row of places) if (row < model.length) expect(get(row), `${row}`).toBe(model[row]);
    }),
    { numRuns: 60 },
  );
});

describe('a column in a file reads', () => {
  const made = (most?: number) => {
    const { column, reads } = inFile(numbers(), most === undefined ? {} : { most });
    return { column: column as LiveNumbers, reads };
  };

  it('a single cell, or nothing for a row that was written', () => {
    const { column, reads } = made();
    expect(column.get(PART + 3)).toBe(3);
    column.set(5, 50);
    expect(column.get(5)).toBe(50);
    expect(reads).toEqual({ cells: 1, parts: 0, wholes: 0 });
  });

  it('a part once, and single cells in it, until something is written', () => {
    const { column, reads } = made();
    expect(column.part(PART, 10)).toHaveLength(10);
    expect([...column.part(PART, 4)]).toEqual([0, 1, 2, 3]);
    expect([column.get(PART), column.get(PART + 5), column.get(2 * PART - 2)]).toEqual([0, 5, 6]);
    expect(reads).toEqual({ cells: 0, parts: 1, wholes: 0 });
    expect([column.get(PART - 2), column.get(2 * PART)]).toEqual([6, 0]);
    expect(reads).toEqual({ cells: 2, parts: 1, wholes: 0 });
    column.set(PART, 70);
    expect(column.get(PART + 1)).toBe(1);
    expect(reads).toEqual({ cells: 3, parts: 1, wholes: 0 });
    expect([...column.part(PART, 2)]).toEqual([70, 1]);
    expect([...column.part(0, 2)]).toEqual([0, 1]);
    expect(reads).toEqual({ cells: 3, parts: 3, wholes: 0 });
  });

  it('each part once to find a value, without writing over the part that it gave before', () => {
    const { column, reads } = made();
    const part = column.part(PART, 8);
    const found: number[] = [];
    column.equal(6, row => found.push(row));
    expect(found).toHaveLength(ROWS / 8);
    expect([...part.subarray(0, 7)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(reads).toEqual({ cells: 0, parts: 4, wholes: 0 });
  });

  it('the whole, once, if so many parts were read that the rest costs less at once', () => {
    for (const ask of [
      (column: LiveNumbers) => column.part(0, 3)[1],
      (column: LiveNumbers) => column.all()[1],
      (column: LiveNumbers) => {
        let found = Number.NaN;
        column.equal(1, row => (found = Math.min(row, Number.isNaN(found) ? row : found)));
        return found;
      },
    ]) {
      const { column, reads } = made(0);
      expect([ask(column), ask(column), column.get(2)]).toEqual([1, 1, 2]);
      expect(reads).toMatchObject({ cells: 0, wholes: 1 });
    }
    // After so many parts, a cell costs no more with the rest.
    const { column, reads } = made(0);
    column.equal(1, () => {});
    expect(column.get(9)).toBe(1);
    expect(reads).toEqual({ cells: 0, parts: 1, wholes: 1 });
  });

  it('a part while at most 4,096 rows were written, and the whole after that', () => {
    const { column, reads } = made();
    for (let row = 0; row < 4096; row++) column.set(2 * row, 9);
    expect([...column.part(0, 3)]).toEqual([9, 1, 9]);
    expect(reads).toEqual({ cells: 0, parts: 1, wholes: 0 });
    column.set(1, 9);
    expect([...column.part(0, 3)]).toEqual([9, 9, 9]);
    expect(reads.wholes).toBe(1);
    expect([...column.part(PART, 3)]).toEqual([0, 1, 2]);
  });
});

test('a part of codes with more words than the type of the file holds is read with the whole column', () => {
  const many = Array.from({ length: 127 }, (_, i) => `w${i}`);
  const { column, reads } = inFile(codes(), { words: [...many] });
  const { part } = column as LiveCodes;
  column.set(1, 'w126');
  expect([...part.call(column as LiveCodes, 0, 4)]).toEqual([-1, 126, 1, 2]);
  column.set(2, 'w127');
  expect(reads.wholes).toBe(0);
  column.set(3, 'w128');
  expect([...part.call(column as LiveCodes, 0, 4)]).toEqual([-1, 126, 127, 128]);
  expect(reads.wholes).toBe(1);
});

test.each(['number', 'code'] as const)(
  'rows written after the last one use the room behind it, of type %s',
  type => {
    const none = type === 'code' ? -1 : Number.NaN;
    const memory = type === 'code' ? new Int8Array(6).fill(1) : new Float64Array(6).fill(1);
    const values = memory.subarray(0, 3);
    const column = liveColumn({ type, values, ...(type === 'code' && { words: ['a', 'b'] }) }) as LiveNumbers;
    const cell = type === 'code' ? 'a' : 0;
    column.set(4, cell);
    expect(column.all().buffer).toBe(memory.buffer);
    expect([...column.all()]).toEqual([1, 1, 1, none, 0, none]);
    column.set(7, cell);
    expect(column.all().buffer).not.toBe(memory.buffer);
    expect([...column.all()].slice(0, 9)).toEqual([1, 1, 1, none, 0, none, none, 0, none]);
    // Memory that begins before the first row belongs to others.
    const shared = new Float64Array(6).fill(5);
    const behind = liveColumn({ type: 'number', values: shared.subarray(2, 4) }) as LiveNumbers;
    behind.set(2, 0);
    expect([...shared]).toEqual([5, 5, 5, 5, 5, 5]);
    expect([behind.get(0), behind.get(1), behind.get(2)]).toEqual([5, 5, 0]);
  },
);

describe.each(['text', 'numbers', 'codes'] as const)('rows beyond the last of a column of type %s', type => {
  const cell: Cell = type === 'text' ? 'x' : type === 'codes' ? ['x'] : [1];
  const filled = (rows: number) => {
    const words = type === 'codes' ? { words: [] as string[] } : {};
    const items = type === 'text' ? Buffer.from('\n') : new Int32Array(0);
    const values = type === 'text' ? Uint32Array.of(0) : new Uint32Array(1);
    const column = liveColumn({ type, values, items, ...words }) as LiveColumnOfRuns;
    for (let row = 0; row < rows; row++) column.set(row, cell);
    return column;
  };
  type LiveColumnOfRuns = ReturnType<typeof liveColumn> & { unchanged(rows: number): ColumnData | undefined };

  it('are kept aside up to 64 of them, then written, and each later one at once', () => {
    expect(filled(64).unchanged(64)).toBeUndefined();
    for (const rows of [65, 66, 130]) {
      const column = filled(rows);
      expect(column.unchanged(rows), `${rows}`).toBeDefined();
      expect(column.unchanged(rows - 1)).toBeUndefined();
      expect(column.unchanged(rows + 1)).toBeUndefined();
    }
  });

  it('have no cell if they were left out, as rows are that were removed before the column was read', () => {
    const column = filled(0) as LiveColumnOfRuns & { size(row: number): number };
    for (let row = 0; row < 80; row++) if (row % 7 !== 3) column.set(row, cell);
    expect(Array.from({ length: 82 }, (_, row) => column.size(row))).toEqual(
      Array.from({ length: 82 }, (_, row) => (row % 7 === 3 || row >= 80 ? 0 : 1)),
    );
  });

  it('are written with those between, and changes of earlier rows stay aside', () => {
    const column = filled(65);
    for (let row = 0; row < 65; row++) column.set(row, undefined);
    expect(column.unchanged(65)).toBeUndefined();
    // Further rows do not wait for those.
    column.set(65, cell);
    column.set(66, cell);
    const own = (row: number) => (column as unknown as { size(row: number): number }).size(row);
    expect([own(0), own(64), own(65), own(66)]).toEqual([0, 0, 1, 1]);
  });
});
