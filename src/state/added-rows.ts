/**
 * The records of rows that were just added, until their cells are written: column by column for some hundred rows, which
 * takes a fraction of the time of going through all columns for each row.
 */
import type { Cell } from '../domain/cell.ts';
import { applyChange, timesAfter, timesInto } from '../domain/changes.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import type { ColumnSpec } from '../kinds/define.ts';
import type { LiveColumn } from './columns/column.ts';

/** See `applyChange`. */
const derivedTimes: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'stageSince']);

/** Whether a column reads a time that follows from the time of a change and is not in the change. */
export const readsTimes = ({ reads }: ColumnSpec): boolean => reads.some(path => derivedTimes.has(path));

const readsOnlyTimes = ({ reads }: ColumnSpec): boolean => reads.every(path => derivedTimes.has(path));

/** The most rows that wait: their records live until then, and more of them would be copied by each collection. */
const MOST_WAITING = 256;

export class AddedRows {
  readonly #kind: Kind;
  readonly #records: Rec[] = [];
  readonly #cells: Cell[] = [];
  #from = 0;
  #at = '';
  /** The fields that any of the waiting records has; undefined until they are collected. */
  #fields: ReadonlySet<string> | undefined;

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
    this.#fields = undefined;
    this.#records.push(record);
  }

  /** Writes the cells of the waiting rows to a column. */
  writeTo(column: LiveColumn, spec: ColumnSpec): void {
    const same = this.#same(spec);
    if (same) column.setSame(this.#from, this.#records.length, same.cell);
    else {
      this.#fill(spec);
      column.setAll(this.#from, this.#cells);
    }
  }

  /**
   * Returns the cell that all waiting rows have in a column of which no record has a field; undefined if a record has one, or
   * if times that follow from the addition may differ.
   */
  #same(spec: ColumnSpec): { readonly cell: Cell } | undefined {
    const fields = (this.#fields ??= fieldsOf(this.#records));
    if (spec.reads.length === 0 || spec.reads.some(path => fields.has(fieldOf(path)))) return undefined;
    if (!readsTimes(spec)) return { cell: spec.cell(NOTHING) };
    if (!readsOnlyTimes(spec) || !this.#haveSameTimes(fields)) return undefined;
    return { cell: spec.cell(timesAfter(this.#records[0]!, this.#at)) };
  }

  /** Whether the times of all waiting records follow from their addition alike: `stageSince` does for those with a stage. */
  #haveSameTimes(fields: ReadonlySet<string>): boolean {
    for (const time of derivedTimes) if (fields.has(time)) return false;
    return !fields.has('stage') || this.#records.every(({ stage }) => stage !== undefined);
  }

  #fill(spec: ColumnSpec): void {
    const [records, cells] = [this.#records, this.#cells];
    cells.length = records.length;
    if (readsTimes(spec)) {
      const timed = readsOnlyTimes(spec) ? this.#times : this.#whole;
      for (let i = 0; i < records.length; i++) cells[i] = spec.cell(timed(records[i]!, this.#at));
      return;
    }
    for (let i = 0; i < records.length; i++) cells[i] = spec.cell(records[i]!);
  }

  /** Returns the times of a record in an object that is reused: several columns read those of each record. */
  readonly #times = (record: Rec, at: string): Rec => timesInto(this.#timed, record, at);
  readonly #timed = { id: '' };

  readonly #whole = (record: Rec, at: string): Rec =>
    applyChange(undefined, { kind: this.#kind, id: record.id, add: record }, at)!;

  clear(): void {
    this.#records.length = 0;
    this.#fields = undefined;
  }
}

const NOTHING: Rec = { id: '' };

/** Returns the field of a record in which a path is. */
const fieldOf = (path: string): string => {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
};

/** Returns the fields that any of the records has. */
function fieldsOf(records: readonly Rec[]): Set<string> {
  const fields = new Set<string>();
  for (const record of records) for (const field in record) fields.add(field);
  return fields;
}
