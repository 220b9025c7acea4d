/**
 * Asks a query of many rows: takes the rows for which it does not hold out of a block, one block after the other.
 * Terms on words go through their column in one plain loop, which they all share, so that V8 compiles it once and
 * there is no call per row. All other terms are asked row by row, of the rows that are left.
 */
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import type { Narrow } from '../state/table.ts';

export const oneByOne =
  (test: (row: number) => boolean): Narrow =>
  (among, from) => {
    for (let i = 0; i < among.length; i++) if (among[i] === 1 && !test(from + i)) among[i] = 0;
  };

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

function keepNumbers(among: Uint8Array, values: Float64Array, holds: (value: number) => boolean): void {
  for (let i = 0; i < among.length; i++) if (among[i] === 1 && !holds(values[i]!)) among[i] = 0;
}

/** `held` has 1 for each code that stays, at the place after the code: the first place is for rows without a value. */
function keepCodes(among: Uint8Array, codes: ArrayLike<number>, held: Uint8Array): void {
  for (let i = 0; i < among.length; i++) among[i]! &= held[codes[i]! + 1]!;
}
