/** How much of a projection is read for the cells that are asked for. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NumberColumn } from '../../src/state/columns/column.ts';
import { liveColumn } from '../../src/state/columns/index.ts';
import type { LiveNumbers } from '../../src/state/columns/numbers.ts';
import { ColumnsFile, ENDS, writeColumns } from '../../src/store/columns-file.ts';
import { type Io, nodeIo } from '../../src/store/io.ts';

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
