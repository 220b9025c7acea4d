/** Number columns: money in minor units, milliseconds, days, booleans and references, as doubles. NaN means no value. */
import type { Cell } from '../../domain/cell.ts';
import type { ColumnBuilder, ColumnData, NumberColumn } from './column.ts';
import { grown, LiveValues } from './live-values.ts';

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
    return { type: 'number', values: this.#values };
  }
}

export class LiveNumbers extends LiveValues<Float64Array> implements NumberColumn {
  readonly type = 'number';
  #isEmpty: boolean;
  constructor(data: ColumnData) {
    super(data);
    this.#isEmpty = data.isEmpty === true;
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
  set(row: number, cell: Cell): void {
    if (cell !== undefined) this.#isEmpty = false;
    this.put(row, (cell as number | undefined) ?? Number.NaN);
  }
  setAll(from: number, cells: readonly Cell[]): void {
    if (this.values === undefined || cells.length === 0) {
      for (let i = 0; i < cells.length; i++) this.set(from + i, cells[i]);
      return;
    }
    this.values = this.withRoom(this.values, from + cells.length - 1);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as number | undefined;
      if (cell !== undefined) this.#isEmpty = false;
      this.values[from + i] = cell ?? Number.NaN;
    }
  }
}

/** Returns a column's values in the order of `rows`. */
export function dumpNumbers(column: NumberColumn, rows: readonly number[]): ColumnData {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column.get(rows[i]!);
  return { type: 'number', values };
}
