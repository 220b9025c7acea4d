/**
 * Rows of blocks as lists without gaps, and the loops over them that compute figures. Each loop is small and does one
 * thing, because a short command ends before V8 has compiled anything larger.
 */
import type { CodeColumn, Codes, NumberColumn } from '../../state/columns/column.ts';
import { BLOCK, type Block } from '../../state/table.ts';

/** Yields the rows of blocks, a list for each block; the next one is written over it. */
export function* rowsOf(blocks: Iterable<Block>): Generator<Int32Array> {
  const rows = new Int32Array(BLOCK);
  for (const { among, from } of blocks) {
    const count = pick(among, from, rows);
    if (count > 0) yield rows.subarray(0, count);
  }
}

function pick(among: Uint8Array, from: number, rows: Int32Array): number {
  let count = 0;
  for (let i = 0; i < among.length; i++) {
    rows[count] = from + i;
    count += among[i]!;
  }
  return count;
}

/** A number for each row: its group, period or slot. */
export interface RowKeys {
  /** Keys are numbers from 0 on, below this. */
  readonly size: number;
  /** The key of a row; below 0 for a row that counts nowhere. */
  of(row: number): number;
  /** Puts the key of each row in `keys`, faster than one by one. */
  readonly fill?: (keys: Int32Array, rows: Int32Array) => void;
}

/** Writes the key of each row to `into`, and returns these keys. */
export function keysOfRows(keys: RowKeys, into: Int32Array, rows: Int32Array): Int32Array {
  const its = into.subarray(0, rows.length);
  if (keys.fill) keys.fill(its, rows);
  else for (let i = 0; i < rows.length; i++) its[i] = keys.of(rows[i]!);
  return its;
}

/** Puts the code of each row, of one block, in `into`, plus a number. */
export function fillCodes(into: Int32Array, rows: Int32Array, column: CodeColumn, plus = 0): void {
  const from = blockOf(rows);
  if (rows.length > 0) pickCodes(into, rows, column.part(from, rows.at(-1)! + 1 - from), from, plus);
}

/** Puts the code of each row in `into`, plus a number; `codes` begins with row `from`. */
export function pickCodes(into: Int32Array, rows: Int32Array, codes: Codes, from = 0, plus = 0): void {
  for (let i = 0; i < rows.length; i++) into[i] = codes[rows[i]! - from]! + plus;
}

/** Returns the first row of the block that rows are in. */
const blockOf = (rows: Int32Array): number => rows[0]! - (rows[0]! % BLOCK);

/** Puts the number of each row, of one block, in `into`. */
export function fillNumbers(into: Float64Array, rows: Int32Array, column: NumberColumn): void {
  const from = blockOf(rows);
  if (rows.length > 0) copyNumbers(into, rows, column.part(from, rows.at(-1)! + 1 - from), from);
}

function copyNumbers(into: Float64Array, rows: Int32Array, values: Float64Array, from: number): void {
  for (let i = 0; i < rows.length; i++) into[i] = values[rows[i]! - from]!;
}

/** Appends a digit to each key, by a radix; a key below 0 and one whose digit is below 0 become -1. */
export function appendDigits(keys: Int32Array, radix: number, digits: Int32Array): void {
  for (let i = 0; i < keys.length; i++)
    keys[i] = keys[i]! < 0 || digits[i]! < 0 ? -1 : keys[i]! * radix + digits[i]!;
}

/**
 * Returns keys for the words of some columns, in which a row may lack a word. `keyOf` is called once for each
 * combination of words that occurs.
 */
export function keysByWords(
  columns: readonly CodeColumn[],
  keyOf: (words: readonly (string | undefined)[]) => number,
): Omit<RowKeys, 'size'> {
  const parts = columns.map(column => ({
    column,
    words: column.words,
    radix: column.words.length + 1,
  }));
  const known = new Int32Array(parts.reduce((size, { radix }) => size * radix, 1)).fill(UNKNOWN);
  const digits = new Int32Array(BLOCK);
  const find = (place: number): number => {
    let rest = place;
    const words = parts.toReversed().map(({ words, radix }) => {
      const digit = rest % radix;
      rest = (rest - digit) / radix;
      return words[digit - 1];
    });
    return (known[place] = keyOf(words.reverse()));
  };
  const at = (place: number): number => (known[place] === UNKNOWN ? find(place) : known[place]!);
  return {
    of: row => at(parts.reduce((place, { column, radix }) => place * radix + column.get(row) + 1, 0)),
    fill: (keys, rows) => {
      keys.fill(0);
      for (const { column, radix } of parts) {
        fillCodes(digits, rows, column, 1);
        appendDigits(keys, radix, digits);
      }
      lookUp(keys, known, find);
    },
  };
}

function lookUp(keys: Int32Array, known: Int32Array, find: (place: number) => number): void {
  for (let i = 0; i < keys.length; i++) {
    const key = known[keys[i]!]!;
    keys[i] = key === UNKNOWN ? find(keys[i]!) : key;
  }
}

const UNKNOWN = -0x8000_0000;
