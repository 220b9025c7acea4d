/**
 * Asks a query of many rows: takes the rows for which it does not hold out of a block, one block after the other.
 * Terms on words go through their column in one plain loop, which they all share, so that V8 compiles it once and
 * there is no call per row. All other terms are asked row by row, of the rows that are left.
 */
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import { BLOCK, type Narrow, type Table } from '../state/table.ts';

export const oneByOne =
  (test: (row: number) => boolean): Narrow =>
  (among, from) => {
    for (let i = 0; i < among.length; i++) if (among[i] === 1 && !test(from + i)) among[i] = 0;
  };

/** Returns a narrowing that keeps the rows that at least one of these narrowings keeps. */
export function inAny(narrows: readonly Narrow[]): Narrow {
  const [room, other] = [new Uint8Array(BLOCK), new Uint8Array(BLOCK)];
  return (among, from) => {
    const rest = room.subarray(0, among.length);
    const found = other.subarray(0, among.length);
    rest.set(among);
    among.fill(0);
    for (const narrow of narrows) {
      if (!rest.includes(1)) return;
      found.set(rest);
      narrow(found, from);
      if (!found.includes(1)) continue;
      addRows(among, found);
      takeOut(rest, found);
    }
  };
}

/** Returns a narrowing that keeps the rows that another narrowing takes out. */
export function notIn(narrow: Narrow): Narrow {
  const room = new Uint8Array(BLOCK);
  return (among, from) => {
    const found = room.subarray(0, among.length);
    found.set(among);
    narrow(found, from);
    if (found.includes(1)) takeOut(among, found);
  };
}

/** Narrows by one after the other. */
export const inOrder =
  (...narrows: readonly Narrow[]): Narrow =>
  (among, from) => {
    for (const narrow of narrows) if (among.includes(1)) narrow(among, from);
  };

/** Narrows by records of another table; without any, all rows stay or none does. */
export const whereSome =
  (others: Pick<Table, 'rows'>, ifNone: boolean, narrow: Narrow): Narrow =>
  (among, from) => {
    if (others.rows > 0) narrow(among, from);
    else if (!ifNone) among.fill(0);
  };

/** `holds` is asked of the time since an instant, ms. */
export const byAge =
  (column: Pick<NumberColumn, 'part'>, now: number, holds: (age: number) => boolean): Narrow =>
  (among, from) => {
    if (among.includes(1)) keepAges(among, column.part(from, among.length), now, holds);
  };

function keepAges(
  among: Uint8Array,
  instants: Float64Array,
  now: number,
  holds: (age: number) => boolean,
): void {
  for (let i = 0; i < among.length; i++) if (among[i] === 1 && !holds(now - instants[i]!)) among[i] = 0;
}

/** Adds rows to those of the same block. */
export function addRows(among: Uint8Array, rows: Uint8Array): void {
  for (let i = 0; i < among.length; i++) among[i]! |= rows[i]!;
}

/** Takes rows out of those of the same block. */
function takeOut(among: Uint8Array, rows: Uint8Array): void {
  for (let i = 0; i < among.length; i++) among[i]! &= ~rows[i]!;
}

/** `holds` is asked of codes, and of -1. */
export const byCode =
  (column: CodeColumn, holds: (code: number) => boolean): Narrow =>
  (among, from) => {
    const held = heldCodes(column, holds);
    // Neither needs the column.
    if (!held.includes(1)) among.fill(0);
    else if (held.includes(0)) keepCodes(among, column.part(from, among.length), held);
  };

/** Whether a test holds, for no code and for each code of a column. */
const heldCodes = ({ words }: CodeColumn, holds: (code: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: words.length + 1 }, (_, i) => Number(holds(i - 1)));

/** `holds` is asked of numbers, and of NaN. */
export const byNumber =
  (column: NumberColumn, holds: (value: number) => boolean): Narrow =>
  (among, from) => {
    // Earlier terms of the query may have left nothing.
    if (among.includes(1)) keepNumbers(among, column.part(from, among.length), holds);
  };

/** Takes out the rows of a block for whose value `holds` does not hold. */
export function keepNumbers(
  among: Uint8Array,
  values: Float64Array,
  holds: (value: number) => boolean,
): void {
  for (let i = 0; i < among.length; i++) if (among[i] === 1 && !holds(values[i]!)) among[i] = 0;
}

/** `held` has 1 for each code that stays, at the place after the code: the first place is for rows without a value. */
function keepCodes(among: Uint8Array, codes: ArrayLike<number>, held: Uint8Array): void {
  for (let i = 0; i < among.length; i++) among[i]! &= held[codes[i]! + 1]!;
}
