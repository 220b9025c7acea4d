import type { Codes, ColumnData } from './column.ts';

/**
 * One value per row, the base of number and code columns. A column in a file passes through these states:
 *
 *     cell by cell   `cells` reads single values; changed rows are kept in a map
 *     read           the whole array is in memory with the changed rows written into it; changes go straight there
 *
 * A column that was built in memory starts in the second state.
 */
export abstract class LiveValues<A extends Float64Array | Codes> {
  readonly #data: ColumnData;
  /** Undefined until the whole column was read. */
  protected values: A | undefined;
  /** Rows that changed before the whole column was read. */
  readonly #changed = new Map<number, number>();

  constructor(data: ColumnData) {
    this.#data = data;
    if (!data.cells) this.values = data.values as A;
  }

  /** Returns the values with room for this one, in a larger or wider array if need be. */
  protected abstract withRoom(values: A, row: number, value: number): A;

  /** Returns a row's value while the column is not read. */
  protected cell(row: number): number {
    const changed = this.#changed.get(row);
    if (changed !== undefined) return changed;
    const cells = this.#data.cells!;
    return cells.areMany ? this.all()[row]! : cells.at(row);
  }

  all(): A {
    if (this.values === undefined) {
      this.values = this.#data.values as A;
      for (const [row, value] of this.#changed) this.put(row, value);
    }
    return this.values;
  }

  protected put(row: number, value: number): void {
    if (this.values === undefined) {
      this.#changed.set(row, value);
      return;
    }
    this.values = this.withRoom(this.values, row, value);
    this.values[row] = value;
  }
}

/**
 * Returns an array with room for a row: over the same memory if there is room behind, else a copy that has room for as
 * many rows again. Unwritten rows are filled with `none`.
 */
export function grown<A extends Float64Array | Codes>(array: A, row: number, none: number): A {
  const arrayOf = array.constructor as new (of: number | ArrayBufferLike) => A;
  const hasRoom = array.byteOffset === 0 && row < array.buffer.byteLength / array.BYTES_PER_ELEMENT;
  const larger = new arrayOf(hasRoom ? array.buffer : Math.max(row + 1, 2 * array.length, 64));
  if (!hasRoom) larger.set(array as never);
  larger.fill(none, array.length);
  return larger;
}
