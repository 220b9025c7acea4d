/** A word is searched in a column in a file piece by piece, as in the whole column. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TextColumn } from '../../../src/state/columns/column.ts';
import { buildColumn, liveColumn } from '../../../src/state/columns/index.ts';
import { needleOf } from '../../../src/state/columns/texts.ts';
import { ColumnsFile, writeColumns } from '../../../src/store/columns/columns-file.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { placesIn } from '../../../src/store/columns/text-pieces.ts';

const PIECE = 128 * 1024;

/** Where the needle begins, searched in the whole. */
function placesInWhole(bytes: Buffer, needle: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) places.push(at);
  return places;
}

test.each([1, 5, 40])('a needle of %i bytes is found on and beside every border of pieces', length => {
  const needle = Buffer.alloc(length, 'x');
  for (const size of [length, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
    for (const border of [0, PIECE, 2 * PIECE, size])
      for (let begin = border - length - 1; begin <= border + 1; begin++) {
        if (begin < 0 || begin + length > size) continue;
        const bytes = Buffer.alloc(size, '.');
        needle.copy(bytes, begin);
        const read = (piece: Uint8Array, from: number) =>
          void piece.set(bytes.subarray(from, from + piece.length));
        expect(placesIn(size, needle, read)).toEqual(placesInWhole(bytes, needle));
      }
});

test('a needle in many places, and a long one, are left to the whole', () => {
  const read = (piece: Uint8Array) => void piece.fill(0x78);
  expect(placesIn(256, Buffer.from('x'), read)).toHaveLength(256);
  expect(placesIn(257, Buffer.from('x'), read)).toBeUndefined();
  expect(placesIn(5000, Buffer.alloc(2000, 'x'), read)).toBeUndefined();
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'crm-pieces-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const ROWS = 30_000;
const texts = Array.from({ length: ROWS }, (_, row) =>
  row % 11 === 3 ? undefined : `Chairs and tables ${row % 5000 === 0 ? 'zeppelin Zeppelin' : row} é`,
);
const data = () => buildColumn('text', ROWS, row => texts[row]);

/** The column in a file, with a row that was changed since and one that was added. */
function columnIn(path: string): TextColumn {
  const opened = ColumnsFile.open(nodeIo, dir, path, '1')!;
  opened.remake = data;
  const column = liveColumn(opened.column('notes')) as TextColumn & { set(row: number, cell: string): void };
  column.set(5000, 'no more');
  column.set(77, 'a zeppelin');
  return column;
}

function rowsWith(column: TextColumn, word: string, isOnly: boolean): number[] {
  const rows: number[] = [];
  column.search(needleOf(word), row => rows.push(row), isOnly);
  return rows.sort((a, b) => a - b);
}

test('the rows found in pieces, and their texts, are those of the whole column; in a damaged file too', () => {
  const write = () =>
    writeColumns(
      nodeIo,
      dir,
      { name: () => '.tmp-1' },
      'notes.cols',
      { version: '1', checksum: 'c', rows: ROWS },
      new Map([['notes', data()]]),
    );
  const expectAsWhole = () => {
    for (const word of ['zeppelin', 'ZEPPELIN', 'zeppelin zeppelin', '29999', 'e', 'nowhere', '']) {
      const column = columnIn('notes.cols');
      const rows = rowsWith(column, word, true);
      write();
      const whole = columnIn('notes.cols');
      expect({ word, rows }).toEqual({ word, rows: rowsWith(whole, word, false) });
      for (const row of rows.slice(0, 300)) expect(column.get(row)).toBe(whole.get(row));
    }
  };
  write();
  expect(rowsWith(columnIn('notes.cols'), 'zeppelin', true)).toEqual([0, 77, 10_000, 15_000, 20_000, 25_000]);
  expectAsWhole();
  const path = join(dir, 'notes.cols');
  const sound = readFileSync(path);
  for (const at of [0.3, 0.5, 0.9].map(share => Math.floor(sound.length * share))) {
    const damaged = Buffer.from(sound);
    damaged[at]! ^= 4;
    writeFileSync(path, damaged);
    expectAsWhole();
  }
});
