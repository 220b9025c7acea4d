/**
 * Copies numbers of a column into another one, in another order. There is a loop for each type of column, because V8 would
 * compile one loop for all types generically, and it would take several times as long.
 */
import type { Numbers } from './deal-history.ts';

type Column = Numbers | Int8Array<ArrayBuffer>;

/** Sets `into[i]` to `from[rows[i] - first]`, for each `i` from `begin` up to `end`. */
export function gather(
  from: Column,
  rows: Int32Array,
  into: Numbers,
  begin = 0,
  end = rows.length,
  first = 0,
): void {
  if (from instanceof Int32Array) ofIntegers(from, rows, into, begin, end, first);
  else if (from instanceof Float64Array) ofFloats(from, rows, into, begin, end, first);
  else if (from instanceof Uint8Array) ofBytes(from, rows, into, begin, end, first);
  else ofOthers(from, rows, into, begin, end, first);
}

function ofIntegers(
  from: Int32Array,
  rows: Int32Array,
  into: Numbers,
  begin: number,
  end: number,
  first: number,
): void {
  for (let i = begin; i < end; i++) into[i] = from[rows[i]! - first]!;
}

function ofFloats(
  from: Float64Array,
  rows: Int32Array,
  into: Numbers,
  begin: number,
  end: number,
  first: number,
): void {
  for (let i = begin; i < end; i++) into[i] = from[rows[i]! - first]!;
}

function ofBytes(
  from: Uint8Array,
  rows: Int32Array,
  into: Numbers,
  begin: number,
  end: number,
  first: number,
): void {
  for (let i = begin; i < end; i++) into[i] = from[rows[i]! - first]!;
}

function ofOthers(
  from: Column,
  rows: Int32Array,
  into: Numbers,
  begin: number,
  end: number,
  first: number,
): void {
  for (let i = begin; i < end; i++) into[i] = from[rows[i]! - first]!;
}
