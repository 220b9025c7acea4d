/** The rows that a table starts from: those of a snapshot's files, or records in memory. */
import type { Rec } from '../domain/records.ts';
import type { ColumnSpec } from '../kinds/define.ts';
import { numberOf } from '../domain/kinds.ts';
import type { ColumnData, NumberColumn } from './columns/column.ts';
import { buildColumn, liveColumn } from './columns/index.ts';
import type { SharedValues } from './shared-values.ts';

/** Rows in ascending order of their records' id numbers. */
export interface Source {
  readonly rows: number;
  numbers(): NumberColumn;
  /** Returns new arrays at every call, because the table writes into them. */
  column(spec: ColumnSpec): ColumnData;
  record(row: number): Rec;
  /** What the lines on disk leave out. */
  readonly shared?: SharedValues | undefined;
  /**
   * Copies the lines of rows `from` to `to` (exclusive), as far as `into` has room, and writes the end of each line
   * to `ends`. Returns how many lines it copied. Only sources with lines on disk have this method.
   */
  copyLines?(from: number, to: number, into: Buffer, ends: Uint32Array): number;
}

export class MemorySource implements Source {
  readonly rows: number;
  readonly shared: SharedValues | undefined;
  readonly #records: readonly Rec[];
  #numbers: NumberColumn | undefined;
  /** Kept, because a backtest forks one state thousands of times and every fork asks for the same columns. */
  readonly #columns = new Map<ColumnSpec, ColumnData>();

  /** The records must be in ascending order of id numbers; `shared` is of the snapshot that they come from. */
  constructor(records: readonly Rec[], shared?: SharedValues) {
    this.rows = records.length;
    this.shared = shared;
    this.#records = records;
  }

  numbers(): NumberColumn {
    if (!this.#numbers) {
      const values = Float64Array.from(this.#records, r => numberOf(r.id));
      this.#numbers = liveColumn({ type: 'number', values }) as NumberColumn;
    }
    return this.#numbers;
  }

  column(spec: ColumnSpec): ColumnData {
    let column = this.#columns.get(spec);
    if (!column) {
      column = buildColumn(spec.type, this.rows, row => spec.cell(this.#records[row]!));
      this.#columns.set(spec, column);
    }
    // A copy, because the caller goes on to write into it.
    return { ...column, values: column.values.slice(), ...(column.words && { words: [...column.words] }) };
  }

  record(row: number): Rec {
    return this.#records[row]!;
  }
}
