/** The base of list and text columns: the items of all rows in one array, and for each row the end of its items. */
import type { Cell } from '../../domain/cell.ts';
import type { ColumnData } from './column.ts';

/** Changed rows beyond the last stored one that are kept aside before they are appended to the stored ones. */
const MOST_ASIDE = 64;

/**
 * A column of runs that follows changes. A stored run cannot grow in place, so a changed row is kept aside in a map,
 * and so is a row beyond the last, so that a column in a file is not read for it:
 *
 *     stored  [ row 0 | row 1 | row 2 ]      aside { 1: new value, 3: a row beyond the last }
 *
 * When more than MOST_ASIDE rows lie beyond the last, they are appended to the stored ones, and from then on each new
 * row is appended at once.
 */
export abstract class LiveRuns<T> {
  protected readonly aside = new Map<number, T>();
  #isAppending = false;
  /** The number of stored rows. */
  protected abstract readonly rows: number;
  protected abstract append(value: T | undefined): void;
  protected abstract data(): ColumnData;

  abstract set(row: number, cell: Cell): void;

  setAll(from: number, cells: readonly Cell[]): void {
    for (let i = 0; i < cells.length; i++) this.set(from + i, cells[i]);
  }

  setSame(from: number, count: number, cell: Cell): void {
    for (let i = 0; i < count; i++) this.set(from + i, cell);
  }

  /** Whether the row can be appended at once. */
  protected isNext(row: number): boolean {
    return this.#isAppending && row === this.rows;
  }

  protected keepAside(row: number, value: T): void {
    this.aside.set(row, value);
    if (this.aside.size <= MOST_ASIDE || row < this.rows) return;
    this.#isAppending = true;
    // All rows beyond the last are appended, because the row just written may be an earlier one that was written
    // before.
    for (let next = this.rows; next <= row || this.aside.has(next); next++) {
      this.append(this.aside.get(next));
      this.aside.delete(next);
    }
  }

  protected asideAt(row: number): T | undefined {
    return this.aside.size > 0 ? this.aside.get(row) : undefined;
  }

  unchanged(rows: number): ColumnData | undefined {
    return this.aside.size === 0 && rows === this.rows ? this.data() : undefined;
  }
}

/** Returns an array with room for `length` items: the same one, or a copy with room for more. */
export function roomy<A extends Uint32Array | Int32Array | Buffer>(array: A, length: number): A {
  if (length <= array.length) return array;
  // Three times, because memory that is never written to is never made resident.
  const most = Math.max(64, 3 * length);
  const larger =
    array instanceof Buffer
      ? Buffer.allocUnsafeSlow(most)
      : new (array.constructor as new (n: number) => A)(most);
  larger.set(array);
  return larger as A;
}

/** Returns the row whose run holds the item at `at`, by the ends of `rows` runs; `rows` if `at` is beyond the last. */
export function rowAt(ends: Uint32Array, rows: number, at: number): number {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle + 1]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
