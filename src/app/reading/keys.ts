/**
 * Packs the codes by which rows are counted, summed or grouped into one mixed-radix integer per row, a block at a
 * time. Each loop here is small and does one thing, because a short command ends before V8 has compiled anything
 * larger; and loops over whole numbers make no garbage until then.
 */
import type { CodeColumn, Codes } from '../../state/columns/column.ts';
import { BLOCK, type Block } from '../../state/table.ts';

export interface Keys {
  /** They are numbers from 0 on, below this. */
  readonly size: number;
  /** Appends a digit to the key of each row from `from` on. */
  append(keys: Int32Array, from: number): void;
}

/** Makes a key for each combination of codes: each code plus one, because it may be -1, is a digit. */
export function keysOf(...columns: readonly CodeColumn[]): Keys {
  const digits = columns.map(column => ({ radix: radixOf(column), column }));
  return {
    size: digits.reduce((product, { radix }) => product * radix, 1),
    append: (keys, from) => {
      for (const { radix, column } of digits) appendDigit(keys, radix, column.part(from, keys.length));
    },
  };
}

/** Returns the codes in a key of `keysOf`. */
export function codesOf(key: number, ...columns: readonly CodeColumn[]): number[] {
  let rest = key;
  const codes = columns.toReversed().map(column => {
    const digit = rest % radixOf(column);
    rest = (rest - digit) / radixOf(column);
    return digit - 1;
  });
  return codes.reverse();
}

/** Returns the key of words; -1 if no row has one of them. */
export function keyOf(columns: readonly CodeColumn[], words: readonly string[]): number {
  const codes = columns.map((column, i) => column.words.indexOf(words[i]!));
  if (codes.includes(-1)) return -1;
  return columns.reduce((key, column, i) => key * radixOf(column) + codes[i]! + 1, 0);
}

const radixOf = ({ words }: CodeColumn): number => words.length + 1;

function appendDigit(keys: Int32Array, radix: number, codes: Codes): void {
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! * radix + codes[i]! + 1;
}

/** Goes through blocks with the keys of their rows; an excluded row has the key after the last one. */
export function* keyed(
  blocks: Iterable<Block>,
  { size, append }: Keys,
): Generator<{ readonly keys: Int32Array; readonly from: number }> {
  const all = new Int32Array(BLOCK);
  for (const { among, from } of blocks) {
    const keys = all.subarray(0, among.length).fill(0);
    append(keys, from);
    leaveOut(keys, among, size);
    yield { keys, from };
  }
}

function leaveOut(keys: Int32Array, among: Uint8Array, key: number): void {
  for (let i = 0; i < keys.length; i++) if (among[i] === 0) keys[i] = key;
}

/** Adds the number of occurrences of each key to `counts`. */
export function countKeys(keys: Int32Array, counts: Int32Array): void {
  for (let i = 0; i < keys.length; i++) counts[keys[i]!]!++;
}
