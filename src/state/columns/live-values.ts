import { type Codes, type ColumnData, PART } from './column.ts';

/** With more rows than this, reading a whole column costs less than asking it for each of them. */
export const MOST_ASKED = 8192;

/** Changed rows that are gone through for each part of a column: with more, the whole column is read instead. */
const MOST_CHANGED = 4096;

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
  /** The part that was read last, its first row, and how many rows it has. */
  #part: A | undefined;
  #partFrom = 0;
  #partCount = 0;

  constructor(data: ColumnData) {
    this.#data = data;
    if (!data.cells) this.values = data.values as A;
  }

  /** Returns the values with room for this one, in a larger or wider array if need be. */
  protected abstract withRoom(values: A, row: number, value: number): A;

  /** Returns a row's value while the column is not read. */
  protected cell(row: number): number {
    const at = row - this.#partFrom;
    if (at >= 0 && at < this.#partCount) return this.#part![at]!;
    const changed = this.#changed.get(row);
    if (changed !== undefined) return changed;
    const cells = this.#data.cells!;
    // A row beyond those of the file that was never written has no value.
    if (row >= cells.rows) return this.#data.type === 'number' ? Number.NaN : -1;
    return cells.areMany ? this.all()[row]! : cells.at(row);
  }

  part(from: number, count: number): A {
    if (this.values === undefined && !this.#isAt(from)) this.all();
    return (
      this.values === undefined ? this.#part!.subarray(0, count) : this.values.subarray(from, from + count)
    ) as A;
  }

  /** Reads the part of a column in a file from a row on, if it is not there yet; returns whether it is there then. */
  #isAt(from: number): boolean {
    if (from === this.#partFrom && this.#partCount > 0) return true;
    const cells = this.#data.cells!;
    this.#part ??= cells.room(PART) as A;
    this.#partCount = 0;
    if (this.#changed.size > MOST_CHANGED || !cells.fill(this.#part, from)) return false;
    for (const [row, value] of this.#changed) {
      if (row < from || row >= from + PART) continue;
      this.#part[row - from] = value;
      // A code of a new word may need a wider array.
      if (!Object.is(this.#part[row - from], value)) return false;
    }
    this.#partFrom = from;
    this.#partCount = PART;
    return true;
  }

  /**
   * Returns the rows that have a value while the column is not read, gone through in parts, whose memory is used again;
   * undefined if it is read, or should be.
   */
  protected rowsInFile(value: number): number[] | undefined {
    const { cells } = this.#data;
    if (this.values !== undefined || !cells) return undefined;
    const found: number[] = [];
    // Not the part that `part` returned: its caller may be in the midst of it.
    const part = cells.room(Math.min(PART, cells.rows));
    for (let from = 0; from < cells.rows; from += PART) {
      if (!cells.fill(part, from)) return undefined;
      const end = cells.rows - from;
      for (let at = part.indexOf(value); at >= 0 && at < end; at = part.indexOf(value, at + 1))
        if (!this.#changed.has(from + at)) found.push(from + at);
    }
    for (const [row, now] of this.#changed) if (now === value) found.push(row);
    return found;
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
      this.#partCount = 0;
      return;
    }
    this.values = this.withRoom(this.values, row, value);
    this.values[row] = value;
  }

  /** Puts the same value into consecutive rows; reads the whole column for it. */
  protected putSame(from: number, count: number, value: number): void {
    if (count === 0) return;
    this.values = this.withRoom(this.all(), from + count - 1, value);
    this.values.fill(value, from, from + count);
  }
}

/** How many times as large the new memory is. Pages that are never written to are never made resident. */
const GROWTH = 4;
/** The number of rows by which an array is lengthened at a time, within its memory. */
const ROWS_AT_ONCE = 4096;

/**
 * Returns an array with room for a row: over the same memory if that has room, otherwise a copy in larger memory. Added
 * rows are filled with `none`.
 *
 *     [ rows | added rows, filled | memory that nothing has touched ]
 *
 * Memory that is touched for the first time costs more than writing to it, so it is filled a few pages at a time.
 */
export function grown<A extends Float64Array | Codes>(array: A, row: number, none: number): A {
  const arrayOf = array.constructor as new (of: number | ArrayBufferLike, at?: number, length?: number) => A;
  const hasRoom = array.byteOffset === 0 && row < array.buffer.byteLength / array.BYTES_PER_ELEMENT;
  const memory = hasRoom ? array.buffer : new arrayOf(Math.max(row + 1, GROWTH * array.length, 64)).buffer;
  const length = Math.min(memory.byteLength / array.BYTES_PER_ELEMENT, row + ROWS_AT_ONCE);
  const larger = new arrayOf(memory, 0, length);
  if (!hasRoom) larger.set(array as never);
  larger.fill(none, array.length);
  return larger;
}
