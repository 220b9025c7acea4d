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

/** The most rows that wait: their records live until then, and more of them would be copied by each collection. */
const MOST_WAITING = 256;

export class AddedRows {
  readonly #kind: Kind;
  readonly #records: Rec[] = [];
  readonly #cells: Cell[] = [];
  #from = 0;
  #at = '';
  /** The fields that any of the waiting records has; undefined until they are collected. */
  #said: ReadonlySet<string> | undefined;

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
    this.#said = undefined;
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

  /** Returns the cell that all waiting rows have, because no record says what the column reads; undefined if one does. */
  #same(spec: ColumnSpec): { readonly cell: Cell } | undefined {
    this.#said ??= saidBy(this.#records);
    for (const path of spec.reads) if (this.#said.has(groupOf(path))) return undefined;
    if (spec.reads.length === 0) return undefined;
    // A time that follows from the addition may follow from the stage too.
    const hasStage = this.#said.has('stage');
    if (!readsTimes(spec)) return { cell: spec.cell(NOTHING) };
    const [first] = this.#records;
    const isAlike = !hasStage || this.#records.every(({ stage }) => stage !== undefined);
    if (!isAlike || !spec.reads.every(path => derivedTimes.has(path)) || saysTime(this.#said))
      return undefined;
    return { cell: spec.cell(timesAfter(first!, this.#at)) };
  }

  #fill(spec: ColumnSpec): void {
    const [records, cells] = [this.#records, this.#cells];
    cells.length = records.length;
    if (readsTimes(spec)) {
      const timed = spec.reads.every(path => derivedTimes.has(path)) ? this.#times : this.#whole;
      for (let i = 0; i < records.length; i++) cells[i] = spec.cell(timed(records[i]!, this.#at));
      return;
    }
    for (let i = 0; i < records.length; i++) cells[i] = spec.cell(records[i]!);
  }

  /** The times of a record, in an object that is used again: several columns read them, of each record. */
  readonly #times = (record: Rec, at: string): Rec => timesInto(this.#timed, record, at);
  readonly #timed = { id: '' };

  readonly #whole = (record: Rec, at: string): Rec =>
    applyChange(undefined, { kind: this.#kind, id: record.id, add: record }, at)!;

  clear(): void {
    this.#records.length = 0;
    this.#said = undefined;
  }
}

const NOTHING: Rec = { id: '' };

/** Returns the name of the field of a record that a path is in. */
const groupOf = (path: string): string => {
  const dot = path.indexOf('.');
  return dot < 0 ? path : path.slice(0, dot);
};

/** Returns the fields that any of the records has. */
function saidBy(records: readonly Rec[]): Set<string> {
  const said = new Set<string>();
  for (const record of records) for (const field in record) said.add(field);
  return said;
}

const saysTime = (said: ReadonlySet<string>): boolean =>
  said.has('createdAt') || said.has('updatedAt') || said.has('stageSince');
