/**
 * All records of a kind, as rows: columns for queries, records on demand. A table starts from a source (the
 * snapshot's files, or records in memory) and follows changes; what nobody asks for is never read.
 */
import { AddedLine, endOfRecord, timesOf } from './added-line.ts';
import {
  type AddChange,
  andWhatFollows,
  applyChange,
  type Change,
  concerns,
  idOf,
  isAmong,
  isPurge,
  type SetChange,
  says,
} from './changes.ts';
import {
  buildColumn,
  type Cell,
  type Column,
  type ColumnData,
  type LiveColumn,
  liveColumn,
  type NumberColumn,
} from './columns.ts';
import { invalid } from './errors.ts';
import type { ColumnSpec } from './fields.ts';
import { type Kind, makeId, numberOf } from './kinds.ts';
import type { Rec } from './records.ts';
import { TextIndex } from './text-index.ts';

/** The rows that a table starts with, in ascending order of id numbers. */
export interface Source {
  readonly rows: number;
  numbers(): NumberColumn;
  /** New arrays at every call: the table writes into them. */
  column(spec: ColumnSpec): ColumnData;
  record(row: number): Rec;
  /**
   * Where lines are on disk: copies those of rows `from` to `to` (exclusive), as far as `into` has room for them; `ends`
   * gets where each of them ends there. Returns how many.
   */
  copyLines?(from: number, to: number, into: Buffer, ends: Uint32Array): number;
}

export class MemorySource implements Source {
  readonly rows: number;
  readonly #records: readonly Rec[];
  #numbers: NumberColumn | undefined;
  /** A backtest forks one state thousands of times, and each asks for the same columns. */
  readonly #columns = new Map<ColumnSpec, ColumnData>();
  /** The records must be in ascending order of id numbers. */
  constructor(records: readonly Rec[]) {
    this.rows = records.length;
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
    // A copy, because whoever asked goes on to write in it.
    return { ...column, values: column.values.slice(), ...(column.words && { words: [...column.words] }) };
  }
  record(row: number): Rec {
    return this.#records[row]!;
  }
}

/** Changes of a row that its record does not have yet. */
class Pending {
  readonly #changes: { readonly change: Change; readonly at: string }[] = [];
  /** What a record has that nothing is known of but these changes. */
  #said: Rec | undefined;

  constructor(change: Change, at: string) {
    this.push(change, at);
  }

  push(change: Change, at: string): void {
    this.#changes.push({ change, at });
    this.#said = undefined;
  }

  /** Whether no earlier record is needed. */
  get isWhole(): boolean {
    return 'add' in this.#changes[0]!.change;
  }

  on(record: Rec | undefined): Rec | undefined {
    let next = record;
    for (const { change, at } of this.#changes) next = applyChange(next, change, at);
    return next;
  }

  get said(): Rec {
    return (this.#said ??= this.on(undefined)!);
  }

  // Without iterators: a command asks this of all that was changed since the last checkpoint, for each column it reads.

  /** Whether the changes say what is at all of these paths. */
  say(paths: readonly string[]): boolean {
    for (let i = 0; i < paths.length; i++) if (!this.#some(says, paths[i]!)) return false;
    return true;
  }

  /** Whether there may be something else at one of these paths than before. */
  concern(paths: readonly string[]): boolean {
    for (let i = 0; i < paths.length; i++) if (this.#some(concerns, paths[i]!)) return true;
    return false;
  }

  #some(holds: (change: Change, path: string) => boolean, path: string): boolean {
    const changes = this.#changes;
    for (let i = 0; i < changes.length; i++) if (holds(changes[i]!.change, path)) return true;
    return false;
  }
}

/** A column in memory, which follows changes. */
interface Followed {
  readonly spec: ColumnSpec;
  readonly column: LiveColumn;
  /** Whether it reads what follows from when a change was made. */
  readonly isTimed: boolean;
}

/** Rows that lie side by side: `among` has 1 for each row from `from` on that is meant, and 0 for the others. */
export interface Block {
  /** Used again for the next block. */
  readonly among: Uint8Array;
  readonly from: number;
}

/** Takes rows out of a block. */
export type Narrow = (among: Uint8Array, from: number) => void;

/** So many rows are narrowed at once, in memory that is used again for the next. */
export const BLOCK = 8192;

export class Table {
  readonly kind: Kind;
  readonly #source: Source;
  readonly #specs: ReadonlyMap<string, ColumnSpec>;
  readonly #columns = new Map<string, Followed>();
  /** Those of them that read something of what a change sets, by its paths: most changes set the same. */
  readonly #concerned = new Map<string, readonly Followed[]>();
  #times: Rec | undefined;
  #numbersRead: NumberColumn | undefined;
  /** Whether the source's rows have the numbers from 1 on, each. */
  #isGapless: boolean | undefined;
  /**
   * Rows that came after the source's: their numbers, and what added them. Their records are made when somebody asks:
   * an import has a million, and each is asked for once or twice.
   */
  readonly #added: number[] = [];
  readonly #addedBy: AddChange[] = [];
  readonly #addedAt: string[] = [];
  /** The rows of numbers that were added, once they are no longer in ascending order: one came back from the trash. */
  #rowOfAdded: Map<number, number> | undefined;
  readonly #removed = new Set<number>();
  /** Changes of a row that its record does not have yet. */
  readonly #pending = new Map<number, Pending>();
  /** What was set in rows of the source, together, where none of them was added anew: other columns are as they were. */
  #sets: Map<string, readonly string[]> | undefined = new Map();
  /** Current records of the rows that differ from the source. */
  readonly #records = new Map<number, Rec>();
  readonly #indexes = new Map<string, TextIndex>();
  /** The last record that came from the source, or was added: whoever shows a row asks for it once per field. */
  #read: { readonly row: number; readonly record: Rec } | undefined;
  /** Counts changes, so that whoever computed something from the table knows when to do it again. */
  version = 0;

  constructor(kind: Kind, source: Source, specs: ReadonlyMap<string, ColumnSpec>) {
    this.kind = kind;
    this.#source = source;
    this.#specs = specs;
  }

  /** Rows, removed ones included: the bound for loops. */
  get rows(): number {
    return this.#source.rows + this.#added.length;
  }

  /** The number of live records. */
  get size(): number {
    return this.rows - this.#removed.size;
  }

  live(row: number): boolean {
    return this.#removed.size === 0 || !this.#removed.has(row);
  }

  number(row: number): number {
    const base = this.#source.rows;
    return row < base ? this.#numbers.get(row) : this.#added[row - base]!;
  }

  get #numbers(): NumberColumn {
    return (this.#numbersRead ??= this.#source.numbers());
  }

  id(row: number): string {
    return makeId(this.kind, this.number(row));
  }

  /** The row of an id's number, or -1. */
  row(number: number): number {
    const row = this.#anyRow(number);
    return row >= 0 && this.live(row) ? row : -1;
  }

  /** Whether record 1 is row 0, record 2 row 1, and so on, and all are alive: then nobody need look for a row. */
  get isGapless(): boolean {
    const { rows } = this.#source;
    this.#isGapless ??= rows === 0 || this.#numbers.get(rows - 1) === rows;
    const last = this.#added.at(-1);
    return (
      this.#isGapless &&
      this.#removed.size === 0 &&
      this.#rowOfAdded === undefined &&
      (last === undefined || last === this.rows)
    );
  }

  #anyRow(number: number): number {
    if (this.#added.length > 0) {
      const known = this.#rowOfAdded?.get(number);
      if (known !== undefined) return known;
      const added = this.#added;
      const guess = Math.min(number - added[0]!, added.length - 1);
      const at = this.#rowOfAdded ? -1 : placeIn(i => added[i]!, guess, number);
      if (at >= 0) return this.#source.rows + at;
    }
    const { rows } = this.#source;
    if (rows === 0) return -1;
    // Ids are given in order, so the row is at most the number less one, and just that where none was removed.
    this.#isGapless ??= this.#numbers.get(rows - 1) === rows;
    if (this.#isGapless) return number >= 1 && number <= rows ? number - 1 : -1;
    return placeIn(i => this.#numbers.get(i), Math.min(number, rows) - 1, number);
  }

  #noteAdded(number: number, row: number): void {
    const last = this.#added.at(-1);
    this.#added.push(number);
    if (this.#rowOfAdded) this.#rowOfAdded.set(number, row);
    else if (last !== undefined && last > number) {
      const base = this.#source.rows;
      this.#rowOfAdded = new Map(this.#added.map((each, i) => [each, base + i]));
    }
  }

  /** All live rows in ascending order of id numbers. */
  liveRows(): number[] {
    if (this.#removed.size > 0 || !this.isInOrder) return Array.from(this.select());
    return Array.from({ length: this.rows }, (_, row) => row);
  }

  /** The live rows that are left when all were narrowed, in ascending order of id numbers; the first `limit` of them. */
  select(narrow?: Narrow, limit = Number.POSITIVE_INFINITY): Int32Array {
    const { isInOrder, rows } = this;
    const most = isInOrder ? Math.min(limit, rows) : rows;
    // Its pages are none before something is written there.
    const all = new Int32Array(most);
    let count = 0;
    for (const { among, from } of this.blocks(narrow)) {
      for (let i = 0; i < among.length && count < most; i++) if (among[i] === 1) all[count++] = from + i;
      if (count === most) break;
    }
    const found = all.subarray(0, count);
    return isInOrder ? found : found.sort((a, b) => this.number(a) - this.number(b)).slice(0, limit);
  }

  /** The live rows that are left when all were narrowed, a block after the other; blocks without any are not given. */
  *blocks(narrow?: Narrow): Generator<Block> {
    const { rows } = this;
    const block = new Uint8Array(Math.min(BLOCK, rows));
    for (let from = 0; from < rows; from += BLOCK) {
      const among = block.subarray(0, Math.min(BLOCK, rows - from)).fill(1);
      for (const row of this.#removed) if (row >= from && row < from + among.length) among[row - from] = 0;
      narrow?.(among, from);
      if (among.includes(1)) yield { among, from };
    }
  }

  /** Whether rows are in ascending order of id numbers: a restored record comes back at the end, with its old number. */
  get isInOrder(): boolean {
    const base = this.#source.rows;
    let before = base > 0 && this.#added.length > 0 ? this.number(base - 1) : 0;
    for (const number of this.#added) {
      if (number < before) return false;
      before = number;
    }
    return true;
  }

  /**
   * Copies the lines of rows from `row` on, at most to `end`, that are as they came and need not be encoded anew, as far
   * as `into` has room for them; `ends` gets where each of them ends there. Returns how many there are, none perhaps.
   */
  copyUnchanged(row: number, end: number, into: Buffer, ends: Uint32Array): number {
    const base = this.#source.rows;
    const isOfSource = row < base;
    const isKept = isOfSource
      ? () => this.#source.copyLines !== undefined
      : (to: number) => this.#addedBy[to - base] instanceof AddedLine;
    const limit = Math.min(isOfSource ? Math.min(end, base) : end, row + ends.length);
    let to = row;
    while (to < limit && isKept(to) && !this.#records.has(to) && !this.#pending.has(to) && this.live(to))
      to++;
    if (to === row) return 0;
    return isOfSource
      ? this.#source.copyLines!(row, to, into, ends)
      : this.#copyAdded(row - base, to - base, into, ends);
  }

  #copyAdded(from: number, to: number, into: Buffer, ends: Uint32Array): number {
    let size = 0;
    let at: string | undefined;
    let end!: Buffer;
    for (let i = from; i < to; i++) {
      const line = this.#addedBy[i] as AddedLine;
      if (this.#addedAt[i] !== at) end = endOfRecord(this.kind, (at = this.#addedAt[i]!));
      if (size + line.recordSize + end.length > into.length) return i - from;
      line.copyRecord(into, size);
      size += line.recordSize;
      into.set(end, size);
      size += end.length;
      ends[i - from] = size;
    }
    return to - from;
  }

  record(row: number): Rec {
    let record = this.#records.get(row);
    const pending = this.#pending.get(row);
    if (!pending) return record ?? this.#asItCame(row);
    if (!record && !pending.isWhole) record = this.#asItCame(row);
    record = pending.on(record);
    this.#pending.delete(row);
    this.#records.set(row, record!);
    return record!;
  }

  /** The record of a row that was not changed since it was added, or since the source. */
  #asItCame(row: number): Rec {
    if (this.#read?.row !== row) {
      const base = this.#source.rows;
      const record = row < base ? this.#source.record(row) : this.#asAdded(row - base);
      this.#read = { row, record };
    }
    return this.#read.record;
  }

  #asAdded(place: number): Rec {
    const by = this.#addedBy[place]!;
    const record = applyChange(undefined, by, this.#addedAt[place]!)!;
    // What a line was read for takes more memory than the line.
    if (!(by instanceof AddedLine)) this.#records.set(this.#source.rows + place, record);
    return record;
  }

  /** The column of a spec's key; loads it at the first call. */
  column(key: string): Column {
    let known = this.#columns.get(key);
    if (!known) {
      const spec = this.#specOf(key);
      const cellOf = this.#cellsOf(spec);
      const column = liveColumn(this.#source.column(spec));
      for (const row of this.#changedRows(spec))
        if (this.live(row) && this.#mayDiffer(row, spec)) column.set(row, cellOf(row));
      this.#columns.set(key, (known = { spec, column, isTimed: isTimed(spec) }));
      this.#concerned.clear();
    }
    return known.column;
  }

  loadColumns(): void {
    if (this.#columns.size < this.#specs.size) for (const key of this.#specs.keys()) this.column(key);
  }

  /** Whether a row may have something else in a column than the source, as far as that is known without its record. */
  #mayDiffer(row: number, { reads }: ColumnSpec): boolean {
    const pending = this.#records.has(row) || row >= this.#source.rows ? undefined : this.#pending.get(row);
    return !pending || pending.concern(reads);
  }

  /**
   * What rows that differ from the source have in a column. Where changes say all that the column reads, the record is
   * not made for it.
   */
  #cellsOf(spec: ColumnSpec): (row: number) => Cell {
    const base = this.#source.rows;
    const timed = isTimed(spec);
    return row => {
      const pending = this.#records.has(row) ? undefined : this.#pending.get(row);
      if (pending?.say(spec.reads)) return spec.cell(pending.said);
      const isAsAdded = row >= base && !timed && !pending && !this.#records.has(row);
      return spec.cell(isAsAdded ? this.#addedBy[row - base]!.add : this.record(row));
    };
  }

  /** Rows that differ from the source in what a column reads, some perhaps twice. */
  *#changedRows({ reads }: ColumnSpec): Iterable<number> {
    const base = this.#source.rows;
    const sets = this.#sets && [...this.#sets.values()];
    if (!sets || reads.some(path => sets.some(set => isAmong(path, andWhatFollows(set))))) {
      for (const row of this.#records.keys()) if (row < base) yield row;
      // Asking for a record ends what is pending of it.
      for (const row of [...this.#pending.keys()]) if (row < base) yield row;
    }
    for (let row = base; row < this.rows; row++) yield row;
  }

  #specOf(key: string): ColumnSpec {
    const spec = this.#specs.get(key);
    if (!spec) throw new Error(`no column ${key} in ${this.kind}`);
    return spec;
  }

  /** Live rows whose text in a column equals `text`, without regard to case and accents, in ascending order. */
  find(key: string, text: string): number[] {
    if (text === '') {
      const { cell } = this.#specOf(key);
      return this.liveRows().filter(row => (cell(this.record(row)) ?? '') === '');
    }
    let index = this.#indexes.get(key);
    if (!index) {
      const spec = this.#specOf(key);
      index = new TextIndex(this.#source, spec);
      for (const row of this.#changedRows(spec)) if (this.live(row)) index.note(row, this.record(row));
      this.#indexes.set(key, index);
    }
    return index.find(text, row => {
      if (!this.live(row)) return undefined;
      return row >= this.#source.rows || this.#records.has(row) || this.#pending.has(row)
        ? this.record(row)
        : 'as before';
    });
  }

  /** Takes in a change of one of its records that was made at `at`; returns its row. */
  apply(change: Change, at: string): number {
    this.version++;
    let row: number;
    if ('add' in change) {
      const number = numberOf(idOf(change));
      row = this.#anyRow(number);
      if (row < 0) {
        row = this.rows;
        this.#noteAdded(number, row);
        this.#addedBy.push(change);
        this.#addedAt.push(at);
      } else {
        this.#removed.delete(row);
        this.#records.delete(row);
        this.#pending.set(row, new Pending(change, at));
        this.#sets = undefined;
      }
    } else {
      row = this.#anyRow(numberOf(change.id));
      // What is erased may have been in the trash, or its journal have forgotten it already.
      if (row < 0 && isPurge(change)) return row;
      // Commands look first: then it is the journal that says so.
      if (row < 0)
        throw invalid(
          `data/journal: a transaction changes ${change.id}, which is not there`,
          'crm doctor names the transaction',
        );
      if ('rm' in change) this.#removed.add(row);
      else {
        const pending = this.#pending.get(row);
        // Who changes a record has just read it.
        const record = this.#records.get(row) ?? (this.#read?.row === row ? this.#read.record : undefined);
        if (pending) pending.push(change, at);
        else if (record) this.#records.set(row, applyChange(record, change, at)!);
        else this.#pending.set(row, new Pending(change, at));
        if (row < this.#source.rows) this.#noteSet(change);
      }
    }
    if (!('rm' in change)) this.#updateColumns(row, change, at);
    // The next snapshot needs all columns, and now they can be written while the record is at hand.
    if (change instanceof AddedLine && this.#added.length > Math.min(this.#source.rows, MANY_LINES))
      this.loadColumns();
    return row;
  }

  #updateColumns(row: number, change: Change, at: string): void {
    if (this.#columns.size === 0 && this.#indexes.size === 0) return;
    const added = 'add' in change ? change.add : undefined;
    const recordFor = (timed: boolean) => {
      if (!added) return this.record(row);
      if (!timed) return added;
      return change instanceof AddedLine ? this.#timesAt(at) : this.record(row);
    };
    for (const { spec, column, isTimed } of this.#concernedBy(change))
      column.set(row, spec.cell(recordFor(isTimed)));
    for (const index of this.#indexes.values())
      if (index.spec.reads.some(path => concerns(change, path)))
        index.note(row, recordFor(isTimed(index.spec)));
  }

  /** What follows from when a line was added, as a record that has nothing else. */
  #timesAt(at: string): Rec {
    if (this.#times?.createdAt !== at) this.#times = { id: '', ...timesOf(this.kind, at) };
    return this.#times;
  }

  #concernedBy(change: Change): readonly Followed[] {
    // One that adds a record concerns all of them.
    const set = 'set' in change ? nameOf(change) : '';
    let found = this.#concerned.get(set);
    if (!found) {
      const isConcerned = ({ spec }: Followed) => spec.reads.some(path => concerns(change, path));
      this.#concerned.set(set, (found = [...this.#columns.values()].filter(isConcerned)));
    }
    return found;
  }

  #noteSet(change: SetChange): void {
    const set = nameOf(change);
    if (this.#sets && !this.#sets.has(set)) this.#sets.set(set, Object.keys(change.set));
  }
}

/** The paths of a change as one text: most changes set one, and many set the same. */
function nameOf({ set }: SetChange): string {
  let name = '';
  for (const path in set) name = name === '' ? path : `${name}\n${path}`;
  return name;
}

/** See applyChange. */
const timesThatFollow: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'stageSince']);
/** What a new record has is in the change that added it already, but for these times. */
const isTimed = ({ reads }: ColumnSpec): boolean => reads.some(path => timesThatFollow.has(path));

/** So many lines make a snapshot due. */
const MANY_LINES = 250;

/** Where an ascending list has a number, -1 where it has not; at most at `high`, and just there if none is missing before it. */
function placeIn(numberAt: (place: number) => number, high: number, number: number): number {
  if (high < 0) return -1;
  if (numberAt(high) === number) return high;
  let low = 0;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = numberAt(middle);
    if (at === number) return middle;
    if (at < number) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
