/**
 * The deals of an earlier instant as a table, made from the present table and the past of deals: fields that the past
 * has are read from its columns, all others from the present columns, without an object per deal.
 */
import { setAt } from '../domain/changes.ts';
import { dayFromNumber, formatInstant } from '../domain/dates.ts';
import { decimals, fromMinorUnits } from '../domain/money.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { ColumnSpec } from '../kinds/define.ts';
import type { Codes, ColumnData, NumberColumn, TextColumn } from './columns/column.ts';
import { buildColumn, dumpColumn, liveColumn } from './columns/index.ts';
import {
  BACKDATED,
  type DealHistory,
  type DealRuns,
  type HistoryColumn,
  IN_TRASH,
  NO_DAY,
  type Numbers,
  OPEN,
  STATUS,
  type Told,
  VOID,
} from './deal-history.ts';
import type { Source } from './source.ts';
import type { Table } from './table.ts';

/** How a deal was closed then: as it is now, not at all, or as changes tell. */
const AS_NOW = 0;
const NONE = 1;
const CHANGED = 2;

const statuses = ['open', 'won', 'lost'];

/** Fields with words that the columns of the past have. */
const words = ['pipeline', 'stage', 'owner', 'currency'] as const;
/** Fields of a closing; the past has only its time. */
const ofClosing = ['closedStage', 'lostReason'];
const ofPast: ReadonlySet<string> = new Set([
  ...words,
  ...ofClosing,
  'value',
  'expectedClose',
  'status',
  'createdAt',
  'updatedAt',
  'stageSince',
  'closedAt',
]);

/** The columns of the past whose values of then are kept. */
const kept = ['at', 'since', 'value', 'close', 'status', 'pipeline', 'stage', 'owner', 'currency'] as const;
type Then = Pick<DealHistory, (typeof kept)[number] & HistoryColumn>;

export class FormerDeals implements Source {
  readonly #table: Table;
  /** By place: the number of each deal that existed, its values, and whether it has changed since. */
  readonly #number: Int32Array;
  readonly #then: Then;
  readonly #isOther: Uint8Array;
  /** By place: whether some row of the deal holds from before its transaction, and how the deal was closed. */
  readonly #isBackdated: Uint8Array;
  readonly #closing: Uint8Array;
  /** By place: the first row of the deal in the past, and its row of then. */
  readonly #first: Int32Array;
  readonly #rows: Int32Array;
  /** The times and statuses of all rows of the past. */
  readonly #past: Pick<DealHistory, 'at' | 'status'>;
  /** By row of this table: its place, and its row in the present table. Deals that are gone have no row there. */
  readonly #place: Int32Array;
  readonly #now: readonly number[];

  readonly #words: DealHistory['words'];
  /** The large transactions of which the past has nearly all changes, by their numbers. */
  readonly told: ReadonlyMap<number, Told>;
  /** The last transaction in the past. */
  readonly #knownAt: number;
  readonly #until: number;

  /**
   * Makes the deals of an instant from the present table, whose last transaction is `last`; the past may end earlier.
   * Reads everything that it may need of the past: whole columns where it must, otherwise the rows of that instant.
   */
  constructor(table: Table, history: DealHistory, until: number, last: number) {
    this.#table = table;
    this.#knownAt = history.seq;
    this.#until = until;
    this.#words = history.words;
    this.told = new Map(history.told.map(each => [each.seq, each]));
    const isOlder = history.seq < last;
    const { at, status, flags, runs } = history;
    const { number, begin: begins, end } = runs;
    const count = number.length;
    const [numbers, rows, now, place, firsts] = Array.from({ length: 5 }, () => new Int32Array(count));
    const [isOther, isBackdated, closing] = Array.from({ length: 3 }, () => new Uint8Array(count));
    const rowOfThen = rowsThen(runs, at, until);
    let [places, existing] = [0, 0];
    for (let i = 0; i < count; i++) {
      const begin = begins[i]!;
      const row = rowOfThen[i]!;
      if (row < begin || (flags[begin]! & VOID) !== 0 || (status[row]! & IN_TRASH) !== 0) continue;
      const backdated = (flags[begin]! & BACKDATED) !== 0;
      const other = isOlder || row < end[i]! - 1 || backdated;
      numbers![places] = number[i]!;
      rows![places] = row;
      firsts![places] = begin;
      isOther![places] = other ? 1 : 0;
      isBackdated![places] = backdated ? 1 : 0;
      closing![places] = other ? closingOf(status, row, end[i]!, backdated) : AS_NOW;
      const rowNow = table.row(number[i]!);
      if (rowNow >= 0) {
        place![existing] = places;
        now![existing++] = rowNow;
      }
      places++;
    }
    this.#number = numbers!.subarray(0, places);
    this.#isOther = isOther!;
    this.#isBackdated = isBackdated!;
    this.#closing = closing!;
    this.#first = firsts!;
    this.#rows = rows!;
    this.#past = { at, status };
    this.#place = place!.subarray(0, existing);
    this.#now = Array.from(now!.subarray(0, existing));
    const then = rows!.subarray(0, places);
    this.#then = Object.fromEntries(kept.map(name => [name, history.picked(name, then)])) as unknown as Then;
  }

  get rows(): number {
    return this.#now.length;
  }

  numbers(): NumberColumn {
    const values = new Float64Array(this.#place.length);
    for (let row = 0; row < values.length; row++) values[row] = this.#number[this.#place[row]!]!;
    return liveColumn({ type: 'number', values }) as NumberColumn;
  }

  record(row: number): Rec {
    const place = this.#place[row]!;
    const record: Record<string, Json | undefined> = { ...this.#table.record(this.#now[row]!) };
    if (this.#isOther[place] === 1)
      for (const [path, value] of Object.entries(this.#fieldsAt(place))) setAt(record, path, value);
    return record as unknown as Rec;
  }

  /** Returns a deal as the past has it; undefined if it did not exist. */
  fieldsOf(number: number): { readonly [path: string]: Json } | undefined {
    const place = this.#placeOf(number);
    return place < 0 ? undefined : this.#fieldsAt(place);
  }

  /**
   * Whether a field's former value comes from a change of transaction `seq`: the past does not have the field, and
   * its value has changed since.
   */
  followsChanges(number: number, path: string, seq: number): boolean {
    const place = this.#placeOf(number);
    if (place < 0) return false;
    if (path === 'closedAt') return !this.#isOpen(place) && this.#isBackdated[place] === 0;
    if (!ofClosing.includes(path)) return !ofPast.has(path);
    const closing = this.#closing[place];
    return closing === CHANGED || (closing === AS_NOW && seq > this.#knownAt);
  }

  /**
   * Whether `followsChanges` holds for a field of a closing, for some deal with a number from `lowest` to `highest` and a
   * transaction that the past includes.
   */
  followsClosings(lowest: number, highest: number): boolean {
    for (let place = this.#placeFrom(lowest); this.#number[place]! <= highest; place++)
      if (this.#closing[place] === CHANGED || (!this.#isOpen(place) && this.#isBackdated[place] === 0))
        return true;
    return false;
  }

  #placeOf(number: number): number {
    const place = this.#placeFrom(number);
    return this.#number[place] === number ? place : -1;
  }

  /** Returns the place of the first deal with this number or a higher one. */
  #placeFrom(number: number): number {
    let [low, high] = [0, this.#number.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#number[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isOpen(place: number): boolean {
    return (this.#then.status[place]! & STATUS) === OPEN;
  }

  /**
   * Returns since when a deal was in its stage, by its place. An import gives only the time at which a deal
   * entered its last stage: before that, the deal counts as in its stage since it was made, and never since a later
   * time than the instant asked for.
   */
  #sinceAt(place: number): number {
    const { since, at } = this.#then;
    return since[place]! > this.#until ? at[place]! : since[place]!;
  }

  #madeAt(place: number): number {
    return this.#past.at[this.#first[place]!]!;
  }

  /** Returns when a deal was closed; NaN if it was open then. */
  #closedAt(place: number): number {
    const { at, status } = this.#past;
    if (this.#isOpen(place)) return Number.NaN;
    let row = this.#rows[place]!;
    while (row > this.#first[place]! && (status[row - 1]! & STATUS) !== OPEN) row--;
    return at[row]!;
  }

  #fieldsAt(place: number): { readonly [path: string]: Json } {
    const { value, close, status, at, currency: currencies, ...columns } = this.#then;
    const known = this.#words;
    const currency = known.currency[currencies[place]!]!;
    const isBackdated = this.#isBackdated[place] === 1;
    return {
      pipeline: known.pipeline[columns.pipeline[place]!] ?? null,
      stage: known.stage[columns.stage[place]!] ?? null,
      owner: known.owner[columns.owner[place]!] ?? null,
      currency,
      value: fromMinorUnits(value[place]!, currency),
      expectedClose: close[place] === NO_DAY ? null : dayFromNumber(close[place]!),
      status: statuses[status[place]! & STATUS]!,
      stageSince: formatInstant(this.#sinceAt(place)),
      updatedAt: formatInstant(at[place]!),
      ...(isBackdated && { createdAt: formatInstant(this.#madeAt(place)) }),
      ...(isBackdated && !this.#isOpen(place) && { closedAt: formatInstant(this.#closedAt(place)) }),
      ...(this.#closing[place] === NONE && { closedAt: null, closedStage: null, lostReason: null }),
    };
  }

  column(spec: ColumnSpec): ColumnData {
    const [path] = spec.reads;
    if (path === undefined || !spec.reads.some(each => ofPast.has(each)))
      return copied(dumpColumn(this.#table.column(spec.key), this.#now));
    const fill = spec.reads.length === 1 ? this.#filler(path) : undefined;
    if (spec.type === 'number' && fill) return this.#numbers(spec, fill);
    if (spec.type === 'code' && (path === 'status' || isWord(path))) return this.#codes(spec, path);
    if (spec.type === 'code' && path === 'closedStage') return this.#closedStages(spec);
    if (spec.type === 'text' && path === 'lostReason') return this.#reasons(spec);
    return buildColumn(spec.type, this.rows, row => spec.cell(this.record(row)));
  }

  /** Returns a function from a place to a field's number; undefined for a field without numbers. */
  #filler(path: string): ((place: number, now: number) => number) | undefined {
    const { value, close, at, currency } = this.#then;
    // Equal amounts give the same double, however their decimals are written.
    const scales = this.#words.currency.map(word => 10 ** decimals(word));
    switch (path) {
      case 'value':
        return place => value[place]! / scales[currency[place]!]!;
      case 'expectedClose':
        return place => (close[place] === NO_DAY ? Number.NaN : close[place]!);
      case 'stageSince':
        return place => this.#sinceAt(place);
      case 'updatedAt':
        return place => at[place]!;
      case 'createdAt':
        return (place, now) => (this.#isBackdated[place] === 1 ? this.#madeAt(place) : now);
      case 'closedAt':
        return (place, now) =>
          this.#isOpen(place) || this.#isBackdated[place] === 1 ? this.#closedAt(place) : now;
      default:
        return undefined;
    }
  }

  #numbers(spec: ColumnSpec, fill: (place: number, now: number) => number): ColumnData {
    const now = (this.#table.column(spec.key) as NumberColumn).all();
    const values = new Float64Array(this.rows);
    for (let row = 0; row < values.length; row++) {
      const place = this.#place[row]!;
      const number = now[this.#now[row]!]!;
      values[row] = this.#isOther[place] === 1 ? fill(place, number) : number;
    }
    return { type: 'number', values };
  }

  #codes(spec: ColumnSpec, path: 'status' | (typeof words)[number]): ColumnData {
    const { values, words: now } = dumpColumn(this.#table.column(spec.key), this.#now);
    const all = [...now!];
    const codeOf = (word: string) => {
      if (!all.includes(word)) all.push(word);
      return all.indexOf(word);
    };
    const { [path]: past } = this.#then;
    const codes = (path === 'status' ? statuses : this.#words[path]).map(codeOf);
    const mask = path === 'status' ? STATUS : -1;
    const wide = all.length > MOST_IN_8_BITS ? Int32Array.from(values) : (values.slice() as Codes);
    for (let row = 0; row < wide.length; row++) {
      const place = this.#place[row]!;
      if (this.#isOther[place] === 1) wide[row] = codes[past[place]! & mask] ?? -1;
    }
    return { type: 'code', values: wide, words: all };
  }

  #closedStages(spec: ColumnSpec): ColumnData {
    const { values, ...data } = copied(dumpColumn(this.#table.column(spec.key), this.#now));
    for (let row = 0; row < values.length; row++)
      if (this.#closing[this.#place[row]!] === NONE) values[row] = -1;
    return { ...data, values };
  }

  #reasons(spec: ColumnSpec): ColumnData {
    const now = this.#table.column(spec.key) as TextColumn;
    return buildColumn('text', this.rows, row =>
      this.#closing[this.#place[row]!] === NONE ? undefined : now.get(this.#now[row]!),
    );
  }
}

/** Returns how a deal was closed at its row of then, for a deal that has changed since or is backdated. */
function closingOf(status: Numbers, row: number, end: number, isBackdated: boolean): number {
  if ((status[row]! & STATUS) === OPEN) return NONE;
  if (!isBackdated) return CHANGED;
  for (let next = row + 1; next < end; next++) if ((status[next]! & STATUS) === OPEN) return CHANGED;
  return AS_NOW;
}

/** Returns the row of each deal that held at an instant; the one before its first row if the deal was made later. */
function rowsThen({ begin, end }: DealRuns, at: Numbers, until: number): Int32Array {
  const rows = new Int32Array(begin.length);
  for (let i = 0; i < rows.length; i++) {
    let row = end[i]! - 1;
    while (row >= begin[i]! && at[row]! > until) row--;
    rows[i] = row;
  }
  return rows;
}

/** The most words whose codes fit an Int8Array. */
const MOST_IN_8_BITS = 127;

const isWord = (path: string): path is (typeof words)[number] => (words as readonly string[]).includes(path);

/** Copies the arrays, because a table writes into those that it is given. */
const copied = ({ values, items, ...data }: ColumnData): ColumnData => ({
  ...data,
  values: values.slice(),
  ...(items && { items: items.slice() }),
});
