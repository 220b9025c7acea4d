/** How much of a projection is read for the cells that are asked for. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type NumberColumn, type NumbersColumn, PART } from '../../../src/state/columns/column.ts';
import { buildColumn, liveColumn } from '../../../src/state/columns/index.ts';
import type { LiveNumbers } from '../../../src/state/columns/numbers.ts';
import { ColumnsFile, ENDS, writeColumns } from '../../../src/store/columns/columns-file.ts';
import { type Io, nodeIo } from '../../../src/store/disk/io.ts';

const ROWS = 40_000;
/** Numbers of eight bytes, in blocks of 4,096 bytes. */
const BLOCKS = Math.ceil((ROWS * 8) / 4096);
/** No order of the file's: 7,919 is prime to the number of rows. */
const scattered = (n: number) => (n * 7919) % ROWS;

let dir: string;
let reads: number;
let file: ColumnsFile;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crm-columns-'));
  const values = Float64Array.from({ length: ROWS }, (_, row) => row * 3);
  const meta = { version: '1', checksum: 'c', rows: ROWS };
  writeColumns(
    nodeIo,
    dir,
    { name: () => '.tmp-1' },
    'deals.cols',
    meta,
    new Map([[ENDS, { type: 'number', values }]]),
  );
  const io: Io = {
    ...nodeIo,
    readSync: ((...args: Parameters<Io['readSync']>) => {
      reads++;
      return nodeIo.readSync(...args);
    }) as Io['readSync'],
  };
  file = ColumnsFile.open(io, dir, 'deals.cols', '1')!;
  reads = 0;
});

afterEach(() => rmSync(dir, { recursive: true }));

const column = () => liveColumn(file.column(ENDS)) as NumberColumn;

test('one cell is one block, beside the checksums', () => {
  expect(column().get(12_345)).toBe(37_035);
  expect(reads).toBe(2);
});

test('a column whose cells are all requested, in any order, is read at most twice', () => {
  const numbers = column();
  for (let n = 0; n < ROWS; n++) expect(numbers.get(scattered(n))).toBe(scattered(n) * 3);
  expect(reads).toBeGreaterThan(BLOCKS);
  expect(reads).toBeLessThan(BLOCKS + 5);
});

test('cells in the order of their rows never need the whole column', () => {
  const numbers = column();
  for (let row = 0; row < ROWS; row++) numbers.get(row);
  expect(reads).toBe(BLOCKS + 1);
});

test('a column without any value is known to be empty, and has no bytes to read', () => {
  const none = new Float64Array(ROWS).fill(Number.NaN);
  const one = Float64Array.from(none, (value, row) => (row === ROWS - 1 ? 7 : value));
  writeColumns(
    nodeIo,
    dir,
    { name: () => '.tmp-1' },
    'tasks.cols',
    { version: '1', checksum: 'c', rows: ROWS },
    new Map([
      ['none', { type: 'number', values: none }],
      ['one', { type: 'number', values: one }],
    ]),
  );
  expect(statSync(join(dir, 'tasks.cols')).size).toBeLessThan(ROWS * 8 + 4096);
  const both = ColumnsFile.open(nodeIo, dir, 'tasks.cols', '1')!;
  const [empty, other] = ['none', 'one'].map(key => liveColumn(both.column(key)) as LiveNumbers);
  expect([empty!.isEmpty, other!.isEmpty]).toEqual([true, false]);
  expect([empty!.get(0), empty!.get(ROWS - 1), other!.get(ROWS - 1)]).toEqual([Number.NaN, Number.NaN, 7]);
  expect(empty!.all()).toEqual(none);
  empty!.set(ROWS, 5);
  expect([empty!.isEmpty, empty!.get(ROWS), empty!.get(3)]).toEqual([false, 5, Number.NaN]);
  const found: number[] = [];
  empty!.equal(5, row => found.push(row));
  expect(found).toEqual([ROWS]);
});

/** What a loop or a command may do with a column: the parts, rows and values that it asks for and sets. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('part' as const), row: fc.nat(ROWS) }) },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('get' as const), row: fc.nat(ROWS - 1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('set' as const, 'add' as const), row: fc.nat(ROWS - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('find' as const), row: fc.nat(ROWS - 1) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('all' as const), row: fc.constant(0) }) },
);

/** The first of `count` rows from `from` on whose value is not the model's; a matcher would take seconds for so many. */
function firstOther(
  values: Float64Array,
  model: readonly number[],
  from: number,
  count: number,
): number | undefined {
  for (let i = 0; i < count; i++) if (values[i] !== model[from + i]) return from + i;
  return undefined;
}

const stored = Array.from({ length: ROWS }, (_, row) => row * 3);

/** Does the steps with a column of the file, and with an array. */
function follow(
  numbers: LiveNumbers,
  steps: readonly { readonly does: string; readonly row: number }[],
): void {
  const model = [...stored];
  for (const { does, row } of steps) {
    const from = row - (row % PART);
    const count = Math.min(PART, model.length - from);
    if (does === 'part' && count > 0)
      expect(firstOther(numbers.part(from, count), model, from, count)).toBeUndefined();
    else if (does === 'get') expect(numbers.get(row)).toBe(model[row]);
    else if (does === 'all') expect(firstOther(numbers.all(), model, 0, model.length)).toBeUndefined();
    else if (does === 'find') {
      const found: number[] = [];
      numbers.equal(model[row]!, each => found.push(each));
      expect(found.sort((a, b) => a - b)).toEqual(model.flatMap((v, i) => (v === model[row] ? [i] : [])));
    } else if (does === 'set') numbers.set(row, (model[row] = -row));
    else numbers.set(model.push(row) - 1, row);
  }
}

test('parts and cells have the values, whatever was read and set before (property)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), steps =>
      follow(liveColumn(file.column(ENDS)) as LiveNumbers, steps),
    ),
  );
});

test('so they have in a damaged file, which is removed (property)', () => {
  const path = join(dir, 'deals.cols');
  const sound = readFileSync(path);
  const values = Float64Array.from({ length: ROWS }, (_, row) => row * 3);
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), fc.nat(ROWS * 8 - 1), (steps, byte) => {
      const damaged = Buffer.from(sound);
      damaged[sound.length - ROWS * 8 + byte]! ^= 4;
      writeFileSync(path, damaged);
      const opened = ColumnsFile.open(nodeIo, dir, 'deals.cols', '1')!;
      opened.remake = () => ({ type: 'number', values: values.slice() });
      follow(liveColumn(opened.column(ENDS)) as LiveNumbers, steps);
    }),
  );
});

test('a loop over a column reads each part once, and a fourth loop has it as a whole', () => {
  const numbers = column();
  const parts = Math.ceil(ROWS / PART);
  for (const most of [parts + 1, 2 * parts + 1, 3 * parts + 1, 3 * parts + 2, 3 * parts + 2]) {
    let wrong = 0;
    for (let from = 0; from < ROWS; from += PART) {
      const part = numbers.part(from, Math.min(PART, ROWS - from));
      for (let i = 0; i < part.length; i++) if (part[i] !== (from + i) * 3) wrong++;
    }
    expect(wrong).toBe(0);
    expect(reads).toBe(most);
  }
});

test('a value is searched in parts, and never in the whole column, until that was done several times', () => {
  const numbers = column();
  const found: number[] = [];
  numbers.equal(37_035, row => found.push(row));
  expect(found).toEqual([12_345]);
  expect(reads).toBe(1 + Math.ceil(ROWS / PART));
});

test('a list is read by itself, and the whole column after sixteen; a damaged one is made again', () => {
  const lists = Array.from({ length: ROWS }, (_, row) => Array.from({ length: row % 4 }, (_, i) => row + i));
  const data = () => buildColumn('numbers', ROWS, row => lists[row]);
  const write = () =>
    writeColumns(
      nodeIo,
      dir,
      { name: () => '.tmp-1' },
      'lists.cols',
      { version: '1', checksum: 'c', rows: ROWS },
      new Map([['contacts', data()]]),
    );
  write();
  const path = join(dir, 'lists.cols');
  const open = (io: Io) => {
    const opened = ColumnsFile.open(io, dir, 'lists.cols', '1')!;
    opened.remake = data;
    return liveColumn(opened.column('contacts')) as NumbersColumn;
  };
  let bytes = 0;
  const counting: Io = {
    ...nodeIo,
    readSync: ((...args: Parameters<Io['readSync']>) => {
      const read = nodeIo.readSync(...args);
      bytes += read;
      return read;
    }) as Io['readSync'],
  };
  const some = [0, 1, 3, 1023, 1024, 20_001, ROWS - 1, ROWS - 2];
  const column = open(counting);
  for (const row of some) {
    expect([...Array(column.size(row)).keys()].map(i => column.at(row, i))).toEqual(lists[row]);
    expect([...Array.from(column.get(row))]).toEqual(lists[row]);
  }
  expect(bytes).toBeLessThan(statSync(path).size / 3);
  for (let n = 0; n < ROWS; n += 97) expect(column.size(scattered(n))).toBe(lists[scattered(n)]!.length);
  expect(bytes).toBeLessThan(statSync(path).size * 2);

  const sound = readFileSync(path);
  for (let at = 5000; at < sound.length; at += 40_009) {
    const damaged = Buffer.from(sound);
    damaged[at]! ^= 4;
    writeFileSync(path, damaged);
    const mended = open(nodeIo);
    for (const row of some) expect(Array.from(mended.get(row))).toEqual(lists[row]);
  }
});
