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
  endOfDeal,
  IN_TRASH,
  NO_DAY,
  OPEN,
  STATUS,
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

export class FormerDeals implements Source {
  readonly #table: Table;
  readonly #history: Omit<DealHistory, 'tx' | 'undoes' | 'seq' | 'hash' | 'rows'>;
  /** By place: the number of each deal that existed, its row in the past, and whether it has changed since. */
  readonly #number: number[] = [];
  readonly #past: number[] = [];
  readonly #isOther: boolean[] = [];
  /** By row of this table: its place, and its row in the present table. Deals that are gone have no row there. */
  readonly #place: number[] = [];
  readonly #now: number[] = [];

  /** The last transaction in the past. */
  readonly #knownAt: number;
  readonly #until: number;

  /**
   * Makes the deals of an instant from the present table, whose last transaction is `last`; the past may end earlier.
   * Reads all columns of the past that it may need.
   */
  constructor(table: Table, history: DealHistory, until: number, last: number) {
    this.#table = table;
    this.#knownAt = history.seq;
    this.#until = until;
    const isOlder = history.seq < last;
    const { deal, at, since, value, close, status, flags, pipeline, stage, owner, currency } = history;
    const columns = { deal, at, since, value, close, status, flags, pipeline, stage, owner, currency };
    this.#history = { ...columns, words: history.words };
    for (let begin = 0, end = 0; begin < history.rows; begin = end) {
      end = endOfDeal(history, begin);
      if ((flags[begin]! & VOID) !== 0) continue;
      let row = end - 1;
      while (row >= begin && at[row]! > until) row--;
      if (row >= begin && (status[row]! & IN_TRASH) === 0)
        this.#add(deal[begin]!, row, isOlder || row < end - 1 || (flags[begin]! & BACKDATED) !== 0);
    }
  }

  #add(number: number, row: number, isOther: boolean): void {
    const now = this.#table.row(number);
    if (now >= 0) {
      this.#place.push(this.#number.length);
      this.#now.push(now);
    }
    this.#number.push(number);
    this.#past.push(row);
    this.#isOther.push(isOther);
  }

  get rows(): number {
    return this.#now.length;
  }

  numbers(): NumberColumn {
    const values = Float64Array.from(this.#place, place => this.#number[place]!);
    return liveColumn({ type: 'number', values }) as NumberColumn;
  }

  record(row: number): Rec {
    const place = this.#place[row]!;
    const record: Record<string, Json | undefined> = { ...this.#table.record(this.#now[row]!) };
    if (this.#isOther[place])
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
    if (path === 'closedAt') return !this.#isOpen(place) && !this.#isBackdated(place);
    if (!ofClosing.includes(path)) return !ofPast.has(path);
    const closing = this.#closing(place);
    return closing === CHANGED || (closing === AS_NOW && seq > this.#knownAt);
  }

  #placeOf(number: number): number {
    let [low, high] = [0, this.#number.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#number[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return this.#number[low] === number ? low : -1;
  }

  /** Returns the first row of the deal at a place. */
  #first(place: number): number {
    const { deal } = this.#history;
    let row = this.#past[place]!;
    while (row > 0 && deal[row - 1] === deal[row]) row--;
    return row;
  }

  #isBackdated(place: number): boolean {
    return (this.#history.flags[this.#first(place)]! & BACKDATED) !== 0;
  }

  #isOpen(place: number): boolean {
    return (this.#history.status[this.#past[place]!]! & STATUS) === OPEN;
  }

  #closing(place: number): typeof AS_NOW | typeof NONE | typeof CHANGED {
    if (!this.#isOther[place]) return AS_NOW;
    if (this.#isOpen(place)) return NONE;
    if (!this.#isBackdated(place)) return CHANGED;
    const { deal, status } = this.#history;
    const row = this.#past[place]!;
    for (let next = row + 1; next < deal.length && deal[next] === deal[row]; next++)
      if ((status[next]! & STATUS) === OPEN) return CHANGED;
    return AS_NOW;
  }

  /** Returns when the deal at a place was closed; NaN if it was open. */
  #closedAt(place: number): number {
    if (this.#isOpen(place)) return Number.NaN;
    const { deal, status, at } = this.#history;
    let row = this.#past[place]!;
    while (row > 0 && deal[row - 1] === deal[row] && (status[row - 1]! & STATUS) !== OPEN) row--;
    return at[row]!;
  }

  /**
   * Returns since when a deal was in its stage, by its row in the past. An import gives only the time at which a deal
   * entered its last stage: before that, the deal counts as in its stage since it was made, and never since a later
   * time than the instant asked for.
   */
  #sinceAt(row: number): number {
    const { since, at } = this.#history;
    return since[row]! > this.#until ? at[row]! : since[row]!;
  }

  #fieldsAt(place: number): { readonly [path: string]: Json } {
    const { value, close, status, at, words: known, currency: currencies, ...columns } = this.#history;
    const row = this.#past[place]!;
    const currency = known.currency[currencies[row]!]!;
    const closed = this.#closedAt(place);
    return {
      pipeline: known.pipeline[columns.pipeline[row]!] ?? null,
      stage: known.stage[columns.stage[row]!] ?? null,
      owner: known.owner[columns.owner[row]!] ?? null,
      currency,
      value: fromMinorUnits(value[row]!, currency),
      expectedClose: close[row] === NO_DAY ? null : dayFromNumber(close[row]!),
      status: statuses[status[row]! & STATUS]!,
      stageSince: formatInstant(this.#sinceAt(row)),
      updatedAt: formatInstant(at[row]!),
      ...(this.#isBackdated(place) && { createdAt: formatInstant(at[this.#first(place)]!) }),
      ...(this.#isBackdated(place) && !this.#isOpen(place) && { closedAt: formatInstant(closed) }),
      ...(this.#closing(place) === NONE && { closedAt: null, closedStage: null, lostReason: null }),
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
  #filler(path: string): ((place: number, row: number, now: number) => number) | undefined {
    const { value, close, at, currency, words: known } = this.#history;
    // Equal amounts give the same double, however their decimals are written.
    const scales = known.currency.map(word => 10 ** decimals(word));
    switch (path) {
      case 'value':
        return (_, row) => value[row]! / scales[currency[row]!]!;
      case 'expectedClose':
        return (_, row) => (close[row] === NO_DAY ? Number.NaN : close[row]!);
      case 'stageSince':
        return (_, row) => this.#sinceAt(row);
      case 'updatedAt':
        return (_, row) => at[row]!;
      case 'createdAt':
        return (place, _, now) => (this.#isBackdated(place) ? at[this.#first(place)]! : now);
      case 'closedAt':
        return (place, _, now) =>
          this.#isOpen(place) || this.#isBackdated(place) ? this.#closedAt(place) : now;
      default:
        return undefined;
    }
  }

  #numbers(spec: ColumnSpec, fill: (place: number, row: number, now: number) => number): ColumnData {
    const now = (this.#table.column(spec.key) as NumberColumn).all();
    const values = new Float64Array(this.rows);
    for (let row = 0; row < values.length; row++) {
      const place = this.#place[row]!;
      const number = now[this.#now[row]!]!;
      values[row] = this.#isOther[place] ? fill(place, this.#past[place]!, number) : number;
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
    const { [path]: past, words: known } = this.#history;
    const codes = (path === 'status' ? statuses : known[path]).map(codeOf);
    const mask = path === 'status' ? STATUS : -1;
    const wide = all.length > MOST_IN_8_BITS ? Int32Array.from(values) : (values.slice() as Codes);
    for (let row = 0; row < wide.length; row++) {
      const place = this.#place[row]!;
      if (this.#isOther[place]) wide[row] = codes[past[this.#past[place]!]! & mask] ?? -1;
    }
    return { type: 'code', values: wide, words: all };
  }

  #closedStages(spec: ColumnSpec): ColumnData {
    const { values, ...data } = copied(dumpColumn(this.#table.column(spec.key), this.#now));
    for (let row = 0; row < values.length; row++)
      if (this.#closing(this.#place[row]!) === NONE) values[row] = -1;
    return { ...data, values };
  }

  #reasons(spec: ColumnSpec): ColumnData {
    const now = this.#table.column(spec.key) as TextColumn;
    return buildColumn('text', this.rows, row =>
      this.#closing(this.#place[row]!) === NONE ? undefined : now.get(this.#now[row]!),
    );
  }
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
