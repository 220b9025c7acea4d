import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cell, ColumnType } from '../../src/domain/cell.ts';
import type {
  CodeColumn,
  Codes,
  CodesColumn,
  Column,
  ColumnData,
  LiveColumn,
  NumberColumn,
  NumbersColumn,
  TextColumn,
} from '../../src/state/columns/column.ts';
import { buildColumn, dumpColumn, liveColumn } from '../../src/state/columns/index.ts';
import { needleOf } from '../../src/state/columns/texts.ts';
import { fold } from '../../src/domain/fold.ts';
import { cellOf } from './contents.ts';

const texts = fc.constantFrom('', 'a', 'ab', 'aba', 'Ärger', 'two\nlines', 'lines', '😀 é', 'ﬃ İ', ' ', 'aa');
const words = fc.constantFrom('new', 'offer', '', 'ünïcode', '__proto__', 'constructor');
const cells: Record<ColumnType, fc.Arbitrary<Cell>> = {
  number: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
  code: fc.option(words, { nil: undefined }),
  codes: fc.option(fc.uniqueArray(words), { nil: undefined }),
  numbers: fc.option(fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { maxLength: 3 }), {
    nil: undefined,
  }),
  text: fc.option(texts, { nil: undefined }),
};
const types = Object.keys(cells) as ColumnType[];

const folded = (cell: Cell) => fold((cell as string | undefined) ?? '').replaceAll('\n', ' ');

/** What a column says of a cell. */
function expected(type: ColumnType, cell: Cell): unknown {
  switch (type) {
    case 'number':
      return cell ?? Number.NaN;
    case 'code':
      return cell ?? null;
    case 'text':
      return folded(cell);
    default:
      return cell ?? [];
  }
}

/**
 * A column of the first cells, with the rest written into it afterwards: some over rows that are there, some after; or
 * most of them after.
 */
const history = (type: ColumnType) => {
  const some = fc.array(fc.record({ at: fc.nat(12), cell: cells[type] }), { maxLength: 12 });
  const many = fc.array(fc.record({ at: fc.nat(999), cell: cells[type] }), { minLength: 70, maxLength: 90 });
  const later = fc.oneof({ weight: 3, arbitrary: some }, many);
  return fc.record({ first: fc.array(cells[type], { maxLength: 8 }), later });
};

interface Steps {
  readonly first: Cell[];
  readonly later: { at: number; cell: Cell }[];
}

function play(type: ColumnType, { first, later }: Steps, asStored = (data: ColumnData) => data) {
  const column = liveColumn(asStored(buildColumn(type, first.length, row => first[row])));
  const model = [...first];
  for (const { at, cell } of later) {
    const row = Math.min(at, model.length);
    column.set(row, cell);
    model[row] = cell;
  }
  return { column, model };
}

/** Cells that are read 16 times by themselves; then the whole column is. */
function cellsOf(values: ColumnData['values']) {
  let reads = 0;
  return {
    rows: values.length,
    at(row: number) {
      reads++;
      return values[row]!;
    },
    room: (count: number) => new (values.constructor as new (n: number) => Float64Array)(count),
    fill(into: Float64Array | Codes, from: number) {
      reads++;
      into
        .fill(values instanceof Float64Array ? Number.NaN : -1)
        .set(values.subarray(from, from + into.length));
      return reads < 16;
    },
    get areMany() {
      return reads >= 16;
    },
  };
}

/** Lists that are read by themselves at first; then the whole column is. */
function runsOf({ values, items }: ColumnData) {
  let reads = 0;
  return {
    rows: values.length - 1,
    at: (row: number) =>
      ++reads > 3 ? undefined : (items as Int32Array).slice(values[row], values[row + 1]),
  };
}

/** As a file has it: single cells may be asked for before the rest is, and memory for two more rows lies behind them. */
function cellByCell(data: ColumnData): ColumnData {
  if (data.type === 'numbers' || data.type === 'codes') return { ...data, runs: runsOf(data) };
  if (data.type !== 'number' && data.type !== 'code') return data;
  const { length } = data.values;
  const memory = new (data.values.constructor as new (rows: number) => Float64Array)(length + 2).fill(7);
  memory.set(data.values as never);
  return { ...data, values: memory.subarray(0, length), cells: cellsOf(data.values) };
}

const rowsOf = (search: (found: (row: number) => void) => void): number[] => {
  const rows: number[] = [];
  search(row => rows.push(row));
  return rows.sort((a, b) => a - b);
};

describe.each(types)('a column of type %s', type => {
  test('has the built and the later written values (property)', () => {
    fc.assert(
      fc.property(history(type), steps => {
        const { column, model } = play(type, steps);
        expect(model.map((_, row) => cellOf(column, row))).toEqual(model.map(cell => expected(type, cell)));
      }),
    );
  });

  test('gives the same parts before and after the whole is read (property)', () => {
    if (type !== 'number' && type !== 'code') return;
    fc.assert(
      fc.property(history(type), history(type), (steps, { later }) => {
        const { column, model } = play(type, steps, cellByCell);
        for (const { at, cell } of [...later, { at: 0, cell: undefined }]) {
          const { part, words } = column as Column & Pick<CodeColumn, 'part' | 'words'>;
          const values = [...part.call(column, 0, model.length)];
          const inWords = type === 'code' ? values.map(code => words[code]) : values;
          expect(inWords).toEqual(model.map(each => each ?? (type === 'code' ? undefined : Number.NaN)));
          const row = Math.min(at, model.length);
          column.set(row, cell);
          model[row] = cell;
        }
      }),
    );
  });

  test('gives the same cells one by one, before and after the whole is read (property)', () => {
    fc.assert(
      fc.property(history(type), fc.nat(30), history(type), (steps, asked, { later }) => {
        const { column, model } = play(type, steps, cellByCell);
        for (let i = 0; i < asked && model.length > 0; i++) {
          const row = i % model.length;
          expect(cellOf(column, row)).toEqual(expected(type, model[row]));
        }
        for (const { at, cell } of later) {
          const row = Math.min(at, model.length);
          column.set(row, cell);
          model[row] = cell;
          expect(cellOf(column, row)).toEqual(expected(type, cell));
        }
        expect(model.map((_, row) => cellOf(column, row))).toEqual(model.map(cell => expected(type, cell)));
        if (column.type !== 'number' && column.type !== 'code') return;
        const { length } = model;
        expect([...column.all()].slice(0, length)).toEqual(model.map((_, row) => column.get(row)));
        expect([...column.all()].slice(length).every(value => value === -1 || Number.isNaN(value))).toBe(
          true,
        );
      }),
    );
  });

  test('is the same after it was dumped, in any order and with rows left out (property)', () => {
    const all = [...Array(99).keys()];
    const orders = fc.oneof(fc.constant(all), fc.shuffledSubarray(all));
    fc.assert(
      fc.property(history(type), orders, (steps, order) => {
        const { column, model } = play(type, steps);
        const rows = order.filter(row => row < model.length);
        const again = liveColumn(
          dumpColumn(
            column,
            rows,
            rows.every((row, i) => row === i),
          ),
        );
        expect(rows.map((_, row) => cellOf(again, row))).toEqual(rows.map(row => expected(type, model[row])));
      }),
    );
  });
});

test.each(types)('has what is written to a row of many that came one after the other, of type %s', type => {
  const column = liveColumn(buildColumn(type, 6, () => undefined));
  const cell: Cell = type === 'number' ? 1 : type === 'numbers' ? [1] : type === 'codes' ? ['a'] : 'a';
  for (let row = 6; row < 65; row++) column.set(row, undefined);
  for (const row of [0, 1, 2, 3, 4, 5, 11]) column.set(row, undefined);
  column.set(12, cell);
  expect(cellOf(column, 12)).toEqual(expected(type, cell));
  expect(cellOf(column, 13)).toEqual(expected(type, undefined));
});

test.each(['number', 'numbers'] as const)('finds the rows that have a value, of type %s (property)', type => {
  const value = fc.integer({ min: 1, max: 4 });
  const cell: fc.Arbitrary<Cell> = type === 'number' ? value : fc.array(value, { maxLength: 3 });
  const later = fc.array(fc.record({ at: fc.nat(12), cell }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 8 }), later, value, (first, later, wanted) => {
      const { column, model } = play(type, { first, later }, cellByCell);
      const rows = model.flatMap((cell, row) =>
        [cell].flat().flatMap(each => (each === wanted ? [row] : [])),
      );
      expect(rowsOf(found => (column as NumberColumn | NumbersColumn).equal(wanted, found))).toEqual(rows);
    }),
  );
});

describe('a column of texts', () => {
  test('finds the rows that contain a needle, and those that equal it (property)', () => {
    const needle = fc.oneof(texts, fc.constantFrom('b', 'ger', 'o l', '\n', 'É', 'aaa'));
    fc.assert(
      fc.property(history('text'), needle, (steps, text) => {
        const { column, model } = play('text', steps);
        const live = column as TextColumn;
        const bytes = needleOf(text);
        const containing = model.flatMap((cell, row) => (folded(cell).includes(folded(text)) ? [row] : []));
        const equal = model.flatMap((cell, row) => (folded(cell) === folded(text) ? [row] : []));
        const begun = model.flatMap((cell, row) => (folded(cell).startsWith(folded(text)) ? [row] : []));
        expect(rowsOf(found => live.search(bytes, found))).toEqual(containing);
        expect(rowsOf(found => live.equal(bytes, found))).toEqual(equal);
        expect(rowsOf(found => live.begin(bytes, found))).toEqual(begun);
        expect(model.flatMap((_, row) => (live.equals(row, bytes) ? [row] : []))).toEqual(equal);
        expect(model.map((_, row) => live.size(row))).toEqual(
          model.map(cell => Buffer.byteLength(folded(cell))),
        );
        expect(model.flatMap((_, row) => (live.includes(row, bytes) ? [row] : []))).toEqual(containing);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a', [0, 2, 3, 5], [0, 2, 3], [0]],
    ['ab', [2, 3, 5], [2, 3], [2]],
    ['b', [2, 3, 5], [], []],
    ['', [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], [1]],
    ['AbÁ', [3, 5], [3], [3]],
    ['abab', [5], [], []],
    ['c d', [4], [4], [4]],
    ['z', [], [], []],
  ])(
    'that contain, begin with and equal %j are found, stored or written',
    (text, containing, begun, equal) => {
      const texts = ['a', '', 'ab', 'aba', 'c\nd', 'xabab'];
      const bytes = needleOf(text);
      // In turns, a text is stored, or written over another one.
      for (const isStored of [
        () => true,
        () => false,
        (row: number) => row % 2 === 0,
        (row: number) => row < 3,
      ]) {
        const column = liveColumn(
          buildColumn('text', texts.length, row => (isStored(row) ? texts[row] : 'abz')),
        ) as LiveColumn & TextColumn;
        for (const [row, each] of texts.entries()) if (!isStored(row)) column.set(row, each);
        const every = texts.map((_, row) => row);
        expect(rowsOf(found => column.search(bytes, found))).toEqual(containing);
        expect(rowsOf(found => column.begin(bytes, found))).toEqual(begun);
        expect(rowsOf(found => column.equal(bytes, found))).toEqual(equal);
        expect(every.filter(row => column.includes(row, bytes))).toEqual(containing);
        expect(every.filter(row => column.equals(row, bytes))).toEqual(equal);
        expect(every.map(row => column.size(row))).toEqual([1, 0, 2, 3, 3, 5]);
        const dumped = liveColumn(dumpColumn(column, [5, 1, 2, 3], false)) as TextColumn;
        expect([0, 1, 2, 3].map(row => dumped.get(row))).toEqual(['xabab', '', 'ab', 'aba']);
      }
    },
  );

  test('has more text than is folded at once', () => {
    const long = 'Ä'.repeat(20_000);
    const column = liveColumn(buildColumn('text', 5, row => `${long}${row}`)) as LiveColumn & TextColumn;
    column.setAll(5, [`${long}5`, 'b']);
    expect([0, 3, 5, 6].map(row => column.get(row).slice(-2))).toEqual(['a0', 'a3', 'a5', 'b']);
    expect(rowsOf(found => column.search(needleOf('a5'), found))).toEqual([5]);
  });

  test('a needle does not reach from one row into the next', () => {
    const column = liveColumn(buildColumn('text', 2, row => ['ab', 'cd'][row])) as TextColumn;
    for (const text of ['bc', 'b\nc', 'ab\ncd', 'b c'])
      expect(rowsOf(found => column.search(needleOf(text), found))).toEqual([]);
  });
});

test.each(['codes', 'numbers'] as const)(
  'a list says its size and each of its items, stored or written, of type %s',
  type => {
    const cellAt = (n: number): Cell =>
      (type === 'codes' ? [`a${n}`, `b${n}`, `c${n}`] : [n, n + 10, n + 20]).slice(0, n);
    const column = liveColumn(buildColumn(type, 3, cellAt)) as LiveColumn & (CodesColumn | NumbersColumn);
    column.set(1, cellAt(3));
    column.set(3, cellAt(2));
    const items = (row: number) =>
      Array.from({ length: column.size(row) }, (_, i) => {
        const item = column.at(row, i);
        return column.type === 'codes' ? column.words[item] : item;
      });
    expect([0, 1, 2, 3, 4].map(items)).toEqual([[], cellAt(3), cellAt(2), cellAt(2), []]);
  },
);

test.each([
  ['of a file that has values', false, undefined, false],
  ['of a file that has none', true, undefined, true],
  ['of a file that has none, with a value written', true, 7, false],
])('a number column %s is known to be empty: %s', (_, isEmpty, written, expected) => {
  for (const write of [
    (column: LiveColumn, cell: Cell) => column.set(1, cell),
    (column: LiveColumn, cell: Cell) => column.setAll(1, [cell, undefined]),
  ])
    for (const isRead of [false, true]) {
      const values = Float64Array.of(Number.NaN, Number.NaN);
      const column = liveColumn({ type: 'number', values, isEmpty, cells: cellsOf(values) }) as LiveColumn &
        NumberColumn;
      if (isRead) column.all();
      write(column, undefined);
      expect(column.isEmpty).toBe(isEmpty);
      write(column, written);
      expect(column.isEmpty).toBe(expected);
      expect(column.get(1)).toBe(written ?? Number.NaN);
    }
});

test.each(types)('takes consecutive cells as if they came one by one, of type %s', type => {
  const cell = (n: number): Cell =>
    n % 3 === 0
      ? undefined
      : type === 'number'
        ? n
        : type === 'numbers'
          ? [n]
          : type === 'codes'
            ? [`w${n}`]
            : `w${n}`;
  for (const isRead of [false, true])
    for (const count of [0, 1, 70]) {
      const [atOnce, oneByOne] = [0, 1].map(() =>
        liveColumn(cellByCell(buildColumn(type, 3, row => cell(row + 1)))),
      );
      if (isRead) for (let i = 0; i < 20; i++) cellOf(atOnce!, 0);
      atOnce!.setAll(
        2,
        Array.from({ length: count }, (_, i) => cell(i)),
      );
      for (let i = 0; i < count; i++) oneByOne!.set(2 + i, cell(i));
      const rows = Array.from({ length: Math.max(3, 2 + count) }, (_, row) => row);
      expect(rows.map(row => cellOf(atOnce!, row))).toEqual(rows.map(row => cellOf(oneByOne!, row)));
    }
});

test.each(types)('takes the same cell for consecutive rows as if it came for each, of type %s', type => {
  const value: Cell =
    type === 'number' ? 7 : type === 'numbers' ? [7, 8] : type === 'codes' ? ['a', 'b'] : 'word';
  const known = (row: number) => (row === 1 ? value : undefined);
  for (const [stored, first] of [
    [3, () => undefined],
    [3, known],
    [0, known],
  ] as const)
    for (const counts of [[0], [1], [70, 5, 70], [type === 'number' || type === 'code' ? 5000 : 300, 1]])
      for (const cells of [
        [undefined, value, undefined],
        [value, undefined, value],
      ]) {
        const [atOnce, oneByOne] = [0, 1].map(() => liveColumn(buildColumn(type, stored, first)));
        let row = stored;
        for (const [i, count] of counts.entries()) {
          atOnce!.setSame(row, count, cells[i]);
          for (let n = 0; n < count; n++) oneByOne!.set(row + n, cells[i]);
          row += count;
        }
        const rows = Array.from({ length: row }, (_, each) => each);
        expect(rows.map(each => cellOf(atOnce!, each))).toEqual(rows.map(each => cellOf(oneByOne!, each)));
        for (const isGapless of [false, true]) {
          const [one, other] = [atOnce!, oneByOne!].map(each =>
            liveColumn(dumpColumn(each, rows, isGapless)),
          );
          expect(rows.map(each => cellOf(one!, each))).toEqual(rows.map(each => cellOf(other!, each)));
        }
      }
});

test.each(['text', 'codes', 'numbers'] as const)(
  'rows without a cell are as many as came, and the next row has its own, of type %s',
  type => {
    const cell: Cell = type === 'text' ? 'ab' : type === 'codes' ? ['a', 'b'] : [7, 8];
    for (let count = 1; count < 270; count++) {
      const column = liveColumn(buildColumn(type, 0, () => undefined)) as LiveColumn & TextColumn;
      // The first rows are kept aside; then each is written at once, with room for others.
      for (let row = 0; row < 66; row++) column.set(row, cell);
      column.setSame(66, count, undefined);
      column.set(66 + count, cell);
      const rows = [65, 66, 65 + count, 66 + count, 67 + count];
      const sizes = [2, 0, 0, 2, 0];
      expect([count, ...rows.map(row => column.size(row))]).toEqual([count, ...sizes]);
      // A row that was never written is empty, also in a dump.
      const dumped = liveColumn(dumpColumn(column, rows)) as TextColumn;
      expect(sizes.map((_, row) => dumped.size(row))).toEqual(sizes);
    }
  },
);

test('a number column without a value is known to be empty, takes no memory, and has as many rows as were written', () => {
  const column = liveColumn(buildColumn('number', 0, () => undefined)) as LiveColumn & NumberColumn;
  column.setSame(0, 100, undefined);
  column.set(100, undefined);
  column.setAll(101, [undefined, undefined]);
  const rows = Array.from({ length: 103 }, (_, row) => row);
  expect(column.isEmpty).toBe(true);
  expect(dumpColumn(column, rows, true)).toMatchObject({ isEmpty: true, values: new Float64Array() });
  expect(rows.map(row => column.get(row))).toEqual(rows.map(() => Number.NaN));
  expect(Array.from(column.part(0, 103))).toEqual(rows.map(() => Number.NaN));
  expect(Array.from(column.all().subarray(0, 103))).toEqual(rows.map(() => Number.NaN));
});

test('codes of a list are words of its dictionary, in the order given', () => {
  const column = liveColumn(buildColumn('codes', 2, row => [['b', 'a'], ['a']][row])) as CodesColumn;
  expect(Array.from(column.get(0), code => column.words[code])).toEqual(['b', 'a']);
  expect(column.words).toEqual(['b', 'a']);
});

test.each([
  ['built', (words: string[]) => liveColumn(buildColumn('code', words.length, row => words[row]))],
  [
    'written later',
    (words: string[]) => {
      const column = liveColumn(buildColumn('code', 1, () => words[0]));
      for (const [row, word] of words.entries()) column.set(row, word);
      return column;
    },
  ],
  [
    'written before the rest is read',
    (words: string[]) => {
      const column = liveColumn(cellByCell(buildColumn('code', 1, () => words[0])));
      for (const [row, word] of words.entries()) column.set(row, word);
      return column;
    },
  ],
  [
    'dumped',
    (words: string[]) => {
      const column = liveColumn(buildColumn('code', words.length, row => words[row]));
      return liveColumn(
        dumpColumn(
          column,
          words.map((_, row) => row),
        ),
      );
    },
  ],
])('a dictionary may have as many words as come: %s', (_, columnOf) => {
  for (const size of [127, 128, 129, 255, 257, 32_768, 32_770]) {
    const words = Array.from({ length: size }, (_, i) => `word ${i}`);
    const column = columnOf(words) as CodeColumn;
    const codes = column.all();
    expect(words.map((_, row) => column.words[codes[row]!])).toEqual(words);
    expect(column.get(size - 1)).toBe(size - 1);
  }
});

test('codes are dumped in the narrowest array that has room for them', () => {
  for (const [count, bytes] of [
    [1, 1],
    [128, 1],
    [129, 2],
    [32_768, 2],
    [32_769, 4],
  ] as const) {
    const column = liveColumn(buildColumn('code', count, row => `word ${row}`));
    const { values, words } = dumpColumn(column, [count - 1]);
    expect([count, values.BYTES_PER_ELEMENT, words![values[0]!]]).toEqual([
      count,
      bytes,
      `word ${count - 1}`,
    ]);
  }
});

test.each(['number', 'code'] as const)(
  'a column of type %s is dumped alike for few rows and for many, with rows that were added since',
  type => {
    const of = (row: number): Cell =>
      row % 7 === 0 ? undefined : type === 'number' ? row / 2 : `w${row % 300}`;
    const column = liveColumn(buildColumn(type, 9000, of));
    for (let row = 9000; row < 9100; row++) column.set(row, of(row));
    column.set(4, of(5));
    const rows = Array.from({ length: 9100 }, (_, row) => row).filter(row => row % 20 !== 3);
    const valuesOf = ({ values, words }: ColumnData) =>
      Array.from(values, value => (words ? (words[value] ?? null) : value));
    const inParts = [0, 3000, 6000].flatMap(at => valuesOf(dumpColumn(column, rows.slice(at, at + 3000))));
    expect(valuesOf(dumpColumn(column, rows))).toEqual(inParts);
    expect(inParts[4]).toEqual(type === 'number' ? 2.5 : 'w5');
  },
);

test('a list in a file is read by itself, once for several questions in a row, until the whole column is read', () => {
  const data = buildColumn('numbers', 3, row => [[7, 8], [], [9]][row]);
  const asked: number[] = [];
  const runs = {
    rows: 3,
    at(row: number) {
      asked.push(row);
      return (data.items as Int32Array).slice(data.values[row], data.values[row + 1]);
    },
  };
  const column = liveColumn({ ...data, runs }) as LiveColumn & NumbersColumn;
  const items = (row: number) => Array.from({ length: column.size(row) }, (_, i) => column.at(row, i));
  expect([items(1), items(0), items(2), items(3), Array.from(column.get(0))]).toEqual([
    [],
    [7, 8],
    [9],
    [],
    [7, 8],
  ]);
  expect(asked).toEqual([1, 0, 2, 0]);
  expect(rowsOf(found => column.equal(9, found))).toEqual([2]);
  expect([items(0), items(1), items(2), items(3)]).toEqual([[7, 8], [], [9], []]);
  expect(asked).toEqual([1, 0, 2, 0]);
});

test('a list of a row that was never written is empty', () => {
  const column = liveColumn(buildColumn('numbers', 1, () => [7])) as NumbersColumn;
  expect([Array.from(column.get(0)), Array.from(column.get(1)), Array.from(column.get(99))]).toEqual([
    [7],
    [],
    [],
  ]);
});

test('a part has the codes of words that need a wider array than the file has', () => {
  const data = cellByCell(buildColumn('code', 127, row => `word ${row}`));
  const column = liveColumn(data) as CodeColumn & ReturnType<typeof liveColumn>;
  column.set(3, 'word 127');
  expect(Array.from(column.part(0, 5), code => column.words[code])).toEqual([
    'word 0',
    'word 1',
    'word 2',
    'word 127',
    'word 4',
  ]);
});
