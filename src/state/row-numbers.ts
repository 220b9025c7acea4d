import type { NumberColumn } from './columns/column.ts';
import type { Source } from './source.ts';

/**
 * Maps id numbers of records to rows, and rows to id numbers. Rows of the source come first, in ascending order of
 * numbers; rows that came later follow in the order in which they came:
 *
 *     row     0  1  2  3 | 4  5  6
 *     number  1  2  4  5 | 6  7  3      3 came back from the trash after the source was written
 *
 * Ids are given in ascending order, so a lookup is a guess (number - 1, exact if none was removed) and then a binary
 * search. Only a record that comes back from the trash breaks the order of the added rows; then a map takes over.
 */
export class RowNumbers {
  readonly #source: Source;
  #numbersRead: NumberColumn | undefined;
  /** Whether the source's rows have all numbers from 1 on. */
  #isSourceGapless: boolean | undefined;
  readonly #added: number[] = [];
  /** The rows of added numbers; undefined while these are in ascending order. */
  #rowOfAdded: Map<number, number> | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The number of rows, removed ones included. */
  get rows(): number {
    return this.#source.rows + this.#added.length;
  }

  /** The number of rows that came after the source's. */
  get added(): number {
    return this.#added.length;
  }

  number(row: number): number {
    const base = this.#source.rows;
    return row < base ? this.#numbers.get(row) : this.#added[row - base]!;
  }

  get #numbers(): NumberColumn {
    return (this.#numbersRead ??= this.#source.numbers());
  }

  /** Returns the row of a number, alive or removed, or -1. */
  row(number: number): number {
    if (this.#added.length > 0) {
      const known = this.#rowOfAdded?.get(number);
      if (known !== undefined) return known;
      const added = this.#added;
      const guess = Math.min(number - added[0]!, added.length - 1);
      const at = this.#rowOfAdded ? -1 : placeIn(i => added[i]!, guess, number);
      if (at >= 0) return this.#source.rows + at;
    }
    const { rows } = this.#source;
    if (rows === 0) return -1;
    if (this.#isGaplessBelow(rows)) return number >= 1 && number <= rows ? number - 1 : -1;
    return placeIn(i => this.#numbers.get(i), Math.min(number, rows) - 1, number);
  }

  /** Gives the next row to a number; returns the row. */
  add(number: number): number {
    const row = this.rows;
    const last = this.#added.at(-1);
    this.#added.push(number);
    if (this.#rowOfAdded) this.#rowOfAdded.set(number, row);
    else if (last !== undefined && last > number) {
      const base = this.#source.rows;
      this.#rowOfAdded = new Map(this.#added.map((each, i) => [each, base + i]));
    }
    return row;
  }

  /** Whether row 0 has number 1, row 1 number 2, and so on. */
  get isGapless(): boolean {
    const last = this.#added.at(-1);
    return (
      this.#isGaplessBelow(this.#source.rows) &&
      this.#rowOfAdded === undefined &&
      (last === undefined || last === this.rows)
    );
  }

  #isGaplessBelow(rows: number): boolean {
    return (this.#isSourceGapless ??= rows === 0 || this.#numbers.get(rows - 1) === rows);
  }

  /** Whether the numbers of all rows ascend. */
  get isInOrder(): boolean {
    const base = this.#source.rows;
    let before = base > 0 && this.#added.length > 0 ? this.number(base - 1) : 0;
    for (const number of this.#added) {
      if (number < before) return false;
      before = number;
    }
    return true;
  }
}

/**
 * Returns the place of a number in an ascending list, or -1. The place is at most `high`, and exactly `high` if no
 * number before it is missing.
 */
function placeIn(numberAt: (place: number) => number, high: number, number: number): number {
  if (high < 0) return -1;
  const highest = numberAt(high);
  if (highest === number) return high;
  // An import asks for each number before it gives it out.
  if (highest < number) return -1;
  let low = 0;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = numberAt(middle);
    if (at === number) return middle;
    if (at < number) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
