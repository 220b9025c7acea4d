import { type AddChange, type Change, concerns, isPurge, numberIn } from '../domain/changes.ts';
import type { ColumnSpec, KindDefinition } from '../kinds/define.ts';
import { invalid } from '../domain/errors.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Rec } from '../domain/records.ts';
import { timesOf } from './added-line.ts';
import { AddedRows, readsTimes } from './added-rows.ts';
import type { CodeColumn, Column, LiveColumn } from './columns/column.ts';
import { liveColumn } from './columns/index.ts';
import { Overlay, pathsOf } from './overlay.ts';
import { RowNumbers } from './row-numbers.ts';
import type { SharedValues } from './shared-values.ts';
import type { Source } from './source.ts';
import { TextIndex } from './text-index.ts';

/** A column in memory, which follows changes. */
interface Followed {
  readonly spec: ColumnSpec;
  readonly column: LiveColumn;
  /** See `readsTimes`. */
  readonly isTimed: boolean;
}

/** A block of consecutive rows: `among` has 1 for each chosen row from `from` on, and 0 for the others. */
export interface Block {
  /** Reused for the next block. */
  readonly among: Uint8Array;
  readonly from: number;
}

/** Takes rows out of a block. */
export type Narrow = (among: Uint8Array, from: number) => void;

/** The number of rows that are narrowed together, in memory that is reused: small enough for the processor's cache. */
export const BLOCK = 8192;

/**
 * All records of a kind as rows: columns for queries, records on demand.
 *
 *     RowNumbers   id number <-> row
 *     Source       the rows as they were at the last checkpoint          (read-only, read when asked for)
 *     Overlay      rows added, changed and removed since                 (records and pending changes)
 *     columns      one per field that a query asked for                  (loaded once, then changed in place)
 *     text index   rows by text, for fields that somebody looked up      (see LazyIndex)
 *
 * `apply` takes in a change: it goes into the overlay, and into the columns and indexes that exist. Data that nobody
 * asks for is never read.
 */
export class Table {
  readonly kind: Kind;
  readonly #definition: KindDefinition;
  readonly #source: Source;
  readonly #numbers: RowNumbers;
  readonly #overlay: Overlay;
  readonly #specs: ReadonlyMap<string, ColumnSpec>;
  readonly #columns = new Map<string, Followed>();
  /** Columns that nobody asked for and the next snapshot needs: added rows are written to them some hundred at a time. */
  readonly #ahead = new Map<string, Followed>();
  readonly #waiting: AddedRows;
  /** The columns that a change concerns, by the paths that it sets: most changes set the same paths. */
  readonly #concerned = new Map<string, readonly Followed[]>();
  readonly #indexes = new Map<string, TextIndex>();
  /** The times of a record that was just added, kept for the next one. */
  #times: Rec | undefined;
  /** Counts changes, so that results computed from the table can be recognised as out of date. */
  version = 0;

  constructor(definition: KindDefinition, source: Source, specs: ReadonlyMap<string, ColumnSpec>) {
    this.kind = definition.name;
    this.#definition = definition;
    this.#source = source;
    this.#numbers = new RowNumbers(source);
    this.#overlay = new Overlay(definition, source);
    this.#specs = specs;
    this.#waiting = new AddedRows(definition.name);
  }

  /** The number of rows, removed ones included: the bound for loops. */
  get rows(): number {
    return this.#numbers.rows;
  }

  /** The number of live records. */
  get size(): number {
    return this.rows - this.#overlay.removed.size;
  }

  live(row: number): boolean {
    const { removed } = this.#overlay;
    return removed.size === 0 || !removed.has(row);
  }

  number(row: number): number {
    return this.#numbers.number(row);
  }

  id(row: number): string {
    return this.#definition.letter + this.number(row);
  }

  /** Returns the row of an id's number, or -1 if there is no live record. */
  row(number: number): number {
    const row = this.#numbers.row(number);
    return row >= 0 && this.live(row) ? row : -1;
  }

  /** Whether record 1 is row 0, record 2 is row 1, and so on, and all are alive: then no row needs a look-up. */
  get isGapless(): boolean {
    return this.#overlay.removed.size === 0 && this.#numbers.isGapless;
  }

  /** Whether rows are in ascending order of id numbers: a restored record comes back at the end, with its old number. */
  get isInOrder(): boolean {
    return this.#numbers.isInOrder;
  }

  /** Returns all live rows in ascending order of id numbers. */
  liveRows(): number[] {
    if (this.#overlay.removed.size > 0 || !this.isInOrder) return Array.from(this.select());
    const rows: number[] = [];
    for (let row = 0; row < this.rows; row++) rows.push(row);
    return rows;
  }

  /** Returns the first `limit` of the live rows that `narrow` leaves, in ascending order of id numbers. */
  select(narrow?: Narrow, limit = Number.POSITIVE_INFINITY): Int32Array {
    const { isInOrder, rows } = this;
    const most = isInOrder ? Math.min(limit, rows) : rows;
    // Its pages become resident only when they are written to.
    const all = new Int32Array(most);
    let count = 0;
    for (const { among, from } of this.blocks(narrow)) {
      for (let i = 0; i < among.length && count < most; i++) if (among[i] === 1) all[count++] = from + i;
      if (count === most) break;
    }
    const found = all.subarray(0, count);
    return isInOrder ? found : found.sort((a, b) => this.number(a) - this.number(b)).slice(0, limit);
  }

  /** Yields the live rows that `narrow` leaves, block by block; blocks without any are left out. */
  *blocks(narrow?: Narrow): Generator<Block> {
    const { rows } = this;
    const block = new Uint8Array(Math.min(BLOCK, rows));
    for (let from = 0; from < rows; from += BLOCK) {
      const among = block.subarray(0, Math.min(BLOCK, rows - from)).fill(1);
      for (const row of this.#overlay.removed)
        if (row >= from && row < from + among.length) among[row - from] = 0;
      narrow?.(among, from);
      if (among.includes(1)) yield { among, from };
    }
  }

  record(row: number): Rec {
    return this.#overlay.record(row);
  }

  /** Whether a row was added or changed since the source. */
  differs(row: number): boolean {
    return this.#overlay.differs(row);
  }

  /** Returns the record of a row of the source as it was there, whatever has changed since. */
  recordInSource(row: number): Rec {
    return this.#source.record(row);
  }

  /** What the lines of the source leave out. */
  get sharedInSource(): SharedValues | undefined {
    return this.#source.shared;
  }

  /** Returns the number of rows that the source has, and how many of these are as they came. */
  rowsOfSource(): { readonly all: number; readonly unchanged: number } {
    return { all: this.#source.rows, unchanged: this.#overlay.countUnchanged() };
  }

  /** See `Overlay.copyUnchanged`. */
  copyUnchanged(row: number, end: number, into: Buffer, ends: Uint32Array, shared?: SharedValues): number {
    return this.#overlay.copyUnchanged(row, end, into, ends, shared);
  }

  /** See `Overlay.copyPatched`. */
  copyPatched(row: number, end: number, into: Buffer, ends: Uint32Array, shared?: SharedValues): number {
    return this.#overlay.copyPatched(row, end, into, ends, shared);
  }

  /** Returns the column of a spec's key; loads it at the first call. */
  column(key: string): Column {
    let known = this.#columns.get(key);
    if (!known) {
      this.#writeWaiting();
      known = this.#ahead.get(key) ?? this.#followed(key);
      this.#ahead.delete(key);
      this.#columns.set(key, known);
      this.#concerned.clear();
    }
    return known.column;
  }

  /**
   * Returns a row's word in a code column. If the column is not loaded, the word is read from the record: loading the column
   * would look at all rows that changed since the source.
   */
  word(row: number, key: string): string | undefined {
    const column = this.#columns.get(key)?.column as CodeColumn | undefined;
    return column
      ? column.words[column.get(row)]
      : (this.#specOf(key).cell(this.record(row)) as string | undefined);
  }

  loadColumns(): void {
    if (this.#columns.size < this.#specs.size) for (const key of this.#specs.keys()) this.column(key);
  }

  #followed(key: string): Followed {
    const spec = this.#specOf(key);
    const isTimed = readsTimes(spec);
    const column = liveColumn(this.#source.column(spec));
    for (const row of this.#overlay.rowsThatDiffer(spec))
      if (this.live(row) && this.#overlay.mayDiffer(row, spec))
        column.set(row, this.#overlay.cell(row, spec, isTimed));
    return { spec, column, isTimed };
  }

  /** Loads the columns that nobody asked for: they are cheapest to write while the records are at hand. */
  #loadAhead(): void {
    if (this.#columns.size + this.#ahead.size === this.#specs.size) return;
    for (const key of this.#specs.keys())
      if (!this.#columns.has(key) && !this.#ahead.has(key)) this.#ahead.set(key, this.#followed(key));
    this.#concerned.clear();
  }

  #writeWaiting(): void {
    if (this.#waiting.isEmpty) return;
    for (const { column, spec } of this.#ahead.values()) this.#waiting.writeTo(column, spec);
    this.#waiting.clear();
  }

  #specOf(key: string): ColumnSpec {
    const spec = this.#specs.get(key);
    if (!spec) throw new Error(`no column ${key} in ${this.kind}`);
    return spec;
  }

  /** Returns the live rows whose text in a column equals `text`, without regard to case and accents, ascending. */
  find(key: string, text: string): number[] {
    if (text === '') {
      const { cell } = this.#specOf(key);
      return this.liveRows().filter(row => (cell(this.record(row)) ?? '') === '');
    }
    let index = this.#indexes.get(key);
    if (!index) {
      const spec = this.#specOf(key);
      index = new TextIndex(this.#source, spec);
      for (const row of this.#overlay.rowsThatDiffer(spec))
        if (this.live(row)) index.note(row, this.record(row));
      this.#indexes.set(key, index);
    }
    return index.find(text, row => {
      if (!this.live(row)) return undefined;
      return this.#overlay.differs(row) ? this.record(row) : 'as before';
    });
  }

  /** Takes in a change, made at `at`, of one of its records; returns its row, or -1 if it erased an unknown one. */
  apply(change: Change, at: string): number {
    this.version++;
    const number = numberIn(change);
    let row = this.#numbers.row(number);
    if ('add' in change) {
      if (row < 0) {
        row = this.#numbers.add(number);
        this.#overlay.add(change, at);
      } else this.#overlay.addAnew(row, change, at);
    } else if (row < 0) {
      // A purge may name a record that was in the trash, or that the journal no longer has.
      if (isPurge(change)) return row;
      // Commands look for a record before they change it, so a missing record means that the journal is wrong.
      throw invalid(
        `data/journal: a transaction changes ${change.id}, which is not there`,
        'crm doctor names the transaction',
      );
    } else if ('rm' in change) this.#overlay.removed.add(row);
    else this.#overlay.set(row, change, at);
    if (!('rm' in change)) this.#updateColumns(row, change, at);
    // The next snapshot needs all columns.
    const isLine = 'add' in change && change.line !== undefined;
    if (isLine && this.#numbers.added > Math.min(this.#source.rows, MANY_LINES)) this.#loadAhead();
    return row;
  }

  #updateColumns(row: number, change: Change, at: string): void {
    if (this.#columns.size === 0 && this.#ahead.size === 0 && this.#indexes.size === 0) return;
    const added = 'add' in change ? change.add : undefined;
    const waits = this.#ahead.size > 0 && added !== undefined && (change as AddChange).line !== undefined;
    if (!waits || this.#waiting.isFullFor(at)) this.#writeWaiting();
    if (waits) this.#waiting.push(row, added, at);
    const recordFor = (isTimed: boolean) => {
      if (!added) return this.record(row);
      if (!isTimed) return added;
      return 'line' in change && !change.line!.hasTimes ? this.#timesAt(at) : this.record(row);
    };
    for (const { spec, column, isTimed } of waits ? this.#columns.values() : this.#concernedBy(change))
      column.set(row, added ? spec.cell(recordFor(isTimed)) : this.#overlay.cell(row, spec, isTimed));
    for (const index of this.#indexes.values())
      if (index.spec.reads.some(path => concerns(change, path)))
        index.note(row, recordFor(readsTimes(index.spec)));
  }

  /** Returns a record with only the times of a record that was added at `at`. */
  #timesAt(at: string): Rec {
    if (this.#times?.createdAt !== at) this.#times = { id: '', ...timesOf(this.#definition, at) };
    return this.#times;
  }

  #concernedBy(change: Change): readonly Followed[] {
    // A change that adds a record concerns all columns, one that sets nothing none of them.
    const paths = 'set' in change ? pathsOf(change) : ADDS;
    let found = this.#concerned.get(paths);
    if (!found) {
      const isConcerned = ({ spec }: Followed) => spec.reads.some(path => concerns(change, path));
      const all = [...this.#columns.values(), ...this.#ahead.values()];
      this.#concerned.set(paths, (found = all.filter(isConcerned)));
    }
    return found;
  }
}

/** Stands for all paths: no change sets it. */
const ADDS = '\n';

/** The number of added lines after which a snapshot is due, so that all columns are needed. */
const MANY_LINES = 250;
