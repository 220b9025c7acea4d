/**
 * The records of rows that were just added, until their cells are written: column by column for some hundred rows, which
 * takes a fraction of the time of going through all columns for each row.
 */
import type { Cell } from '../domain/cell.ts';
import { applyChange, timesAfter } from '../domain/changes.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { ColumnSpec } from '../kinds/define.ts';
import type { LiveColumn } from './columns/column.ts';

/** See `applyChange`. */
const derivedTimes: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'stageSince']);

/** Whether a column reads a time that follows from the time of a change and is not in the change. */
export const readsTimes = ({ reads }: ColumnSpec): boolean => reads.some(path => derivedTimes.has(path));

/** The most rows that wait: their records live until then, and more of them would be copied by each collection. */
const MOST_WAITING = 256;

export class AddedRows {
  readonly #kind: Kind;
  readonly #records: Rec[] = [];
  readonly #cells: Cell[] = [];
  #from = 0;
  #at = '';

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** Whether the waiting rows have to be written before a record that is added at `at`. */
  isFullFor(at: string): boolean {
    return this.#records.length === MOST_WAITING || (this.#records.length > 0 && this.#at !== at);
  }

  /** Notes the next row, with the record as its addition says it. */
  push(row: number, record: Rec, at: string): void {
    if (this.#records.length === 0) this.#from = row;
    this.#at = at;
    this.#records.push(record);
  }

  /** Writes the cells of the waiting rows to a column. */
  writeTo(column: LiveColumn, spec: ColumnSpec): void {
    this.#fill(spec);
    column.setAll(this.#from, this.#cells);
  }

  #fill(spec: ColumnSpec): void {
    const [records, cells] = [this.#records, this.#cells];
    cells.length = records.length;
    if (readsTimes(spec)) {
      const timed = spec.reads.every(path => derivedTimes.has(path)) ? timesAfter : this.#whole;
      for (let i = 0; i < records.length; i++) cells[i] = spec.cell(timed(records[i]!, this.#at));
      return;
    }
    const [path] = spec.reads;
    if (spec.reads.length > 1 || path === undefined || path.includes('.')) {
      for (let i = 0; i < records.length; i++) cells[i] = spec.cell(records[i]!);
      return;
    }
    // Most records lack most fields, and all that lack a field have the same cell.
    const none = spec.cell(NOTHING);
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      cells[i] = record[path] === undefined ? none : spec.cell(record);
    }
  }

  readonly #whole = (record: Rec, at: string): Rec =>
    applyChange(undefined, { kind: this.#kind, id: record.id, add: record }, at)!;

  clear(): void {
    this.#records.length = 0;
  }
}

const NOTHING: Rec = { id: '' };
