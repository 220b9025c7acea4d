/** Number columns: money in minor units, milliseconds, days, booleans and references, as doubles. NaN means no value. */
import type { Cell } from '../../domain/cell.ts';
import type { Cells, ColumnBuilder, ColumnData, NumberColumn } from './column.ts';
import { grown, LiveValues, MOST_ASKED } from './live-values.ts';

export class NumberBuilder implements ColumnBuilder {
  readonly #values: Float64Array;
  #row = 0;
  constructor(rows: number) {
    this.#values = new Float64Array(rows);
  }
  add(cell: Cell): void {
    this.#values[this.#row++] = (cell as number | undefined) ?? Number.NaN;
  }
  data(): ColumnData {
    const data = { type: 'number', values: this.#values } as const;
    return this.#values.length > 0 ? data : { ...data, isEmpty: true, cells: noRows };
  }
}

/** The cells of a column without any value, which needs no memory until a row gets one. */
export const noCells: Cells = {
  rows: 0,
  areMany: false,
  at: () => Number.NaN,
  room: count => new Float64Array(count),
  fill: into => {
    into.fill(Number.NaN);
    return true;
  },
};

/** The same for a column that had no rows either, told from the other by identity. */
const noRows: Cells = { ...noCells };

export class LiveNumbers extends LiveValues<Float64Array> implements NumberColumn {
  readonly type = 'number';
  #isEmpty: boolean;
  /** The number of rows that the column has as soon as it is read; none of them was given a value. */
  #rows = 0;
  readonly #hadRows: boolean;
  constructor(data: ColumnData) {
    super(data);
    this.#isEmpty = data.isEmpty === true;
    this.#hadRows = data.cells !== noRows;
  }
  get isEmpty(): boolean {
    return this.#isEmpty;
  }
  // Not in the base class: each class's `get` must see one kind of array, or V8 compiles it for all kinds.
  get(row: number): number {
    return this.values === undefined ? this.cell(row) : this.values[row]!;
  }
  protected withRoom(values: Float64Array, row: number): Float64Array {
    return row < values.length ? values : grown(values, row, Number.NaN);
  }
  equal(value: number, found: (row: number) => void): void {
    const rows = this.rowsInFile(value);
    if (rows) {
      for (const row of rows) found(row);
      return;
    }
    const values = this.all();
    for (let row = values.indexOf(value); row >= 0; row = values.indexOf(value, row + 1)) found(row);
  }
  override all(): Float64Array {
    if (this.values !== undefined) return this.values;
    const values = super.all();
    return (this.values = values.length < this.#rows ? this.withRoom(values, this.#rows - 1) : values);
  }
  set(row: number, cell: Cell): void {
    if (cell !== undefined) this.#isEmpty = false;
    else if (this.#staysEmpty(row + 1)) return;
    // Without stored rows there is nothing to read, and an array is smaller than a map of changed rows.
    if (!this.#hadRows) this.all();
    this.put(row, (cell as number | undefined) ?? Number.NaN);
  }
  /** Notes that the column has this many rows, if it has no value and was not read; returns whether that is so. */
  #staysEmpty(rows: number): boolean {
    if (!this.#isEmpty || this.values !== undefined) return false;
    this.#rows = Math.max(this.#rows, rows);
    return true;
  }
  setAll(from: number, cells: readonly Cell[]): void {
    const { length } = cells;
    if (length === 0) return;
    if (this.#isEmpty) {
      if (!cells.some(cell => cell !== undefined)) {
        this.setSame(from, length, undefined);
        return;
      }
      this.#isEmpty = false;
    }
    this.values = this.withRoom(this.all(), from + length - 1);
    for (let i = 0; i < length; i++) this.values[from + i] = (cells[i] as number | undefined) ?? Number.NaN;
  }
  setSame(from: number, count: number, cell: Cell): void {
    if (cell !== undefined && count > 0) this.#isEmpty = false;
    else if (this.#staysEmpty(from + count)) return;
    this.putSame(from, count, (cell as number | undefined) ?? Number.NaN);
  }
}

/** Returns a column's values in the order of `rows`. */
export function dumpNumbers(column: NumberColumn, rows: readonly number[]): ColumnData {
  const values = new Float64Array(rows.length);
  const all = rows.length > MOST_ASKED && !column.isEmpty ? column.all() : undefined;
  for (let i = 0; i < rows.length; i++) values[i] = all ? all[rows[i]!]! : column.get(rows[i]!);
  return { type: 'number', values };
}
