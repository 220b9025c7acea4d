/**
 * The rows of the history while they are made: appended in order of arrival, each with a link to the previous row of
 * its deal, so that a fact that becomes known later can be inserted between two rows.
 */
import {
  type DealHistory,
  endOfDeal,
  firstRowOf,
  type HistoryColumn,
  type Numbers,
  rowAtOrAfter,
  type WordColumn,
  wordColumns,
} from './deal-history.ts';
import { lazyHistory } from './lazy-history.ts';
import { roomFor, roomForBoth } from './narrow-numbers.ts';

/** The least room for rows at first. */
const ROOM = 1024;
/** Deals with numbers up to this many times the count of rows have their last row in an array; others, in a hand-made journal, in a map. */
const SPARSE = 8;

export class HistoryLog {
  deal: Int32Array<ArrayBuffer>;
  at: Float64Array<ArrayBuffer>;
  since: Float64Array<ArrayBuffer>;
  tx: Int32Array<ArrayBuffer>;
  value: Float64Array<ArrayBuffer>;
  close: Int32Array<ArrayBuffer>;
  status: Uint8Array<ArrayBuffer>;
  undoes: Int32Array<ArrayBuffer>;
  flags: Uint8Array<ArrayBuffer>;
  pipeline: Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  stage: Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  owner: Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  currency: Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  /** The row of the same deal before, or -1. */
  prev: Int32Array<ArrayBuffer>;
  rows = 0;
  /** The last row of each deal by its number; rows count from 1. */
  #last: Int32Array<ArrayBuffer>;
  /** The last row of deals with disproportionately large numbers. */
  readonly #lastOfFar = new Map<number, number>();
  readonly #words = new Map(wordColumns.map(name => [name, new Map<string, number>()]));
  /** The positions of the words. */
  readonly #list = new Map(wordColumns.map(name => [name, [] as string[]]));
  readonly #base: DealHistory | undefined;

  /**
   * Begins with `base`, with room for a number of rows. Too much room costs nothing, since the system provides memory when
   * it is written; growing copies everything.
   */
  constructor(base?: DealHistory, rows = 0) {
    const room = Math.max(ROOM, rows);
    this.deal = new Int32Array(room);
    this.at = new Float64Array(room);
    this.since = new Float64Array(room);
    this.tx = new Int32Array(room);
    this.value = new Float64Array(room);
    this.close = new Int32Array(room);
    this.status = new Uint8Array(room);
    this.undoes = new Int32Array(room);
    this.flags = new Uint8Array(room);
    this.pipeline = new Int16Array(room);
    this.stage = new Int16Array(room);
    this.owner = new Int16Array(room);
    this.currency = new Int16Array(room);
    this.prev = new Int32Array(room);
    this.#last = new Int32Array(room);
    this.#base = base;
    if (base) for (const name of wordColumns) for (const word of base.words[name]) this.code(name, word);
  }

  /** Returns the last row of a deal, or -1. Takes over the rows of a deal that the base has. */
  last(deal: number): number {
    const known = this.#known(deal);
    if (known >= 0) return known;
    const base = this.#base;
    const first = base ? firstRowOf(base, deal) : -1;
    if (!base || first < 0) return -1;
    for (let row = first, end = endOfDeal(base, first); row < end; row++) {
      const to = this.append(deal);
      this.#copy(base, row, to);
    }
    return this.#known(deal);
  }

  /** Returns the last row of a deal, or -1 if it has none here. */
  #known(deal: number): number {
    const row = deal < this.#last.length ? this.#last[deal]! : 0;
    return (row === 0 && this.#lastOfFar.size > 0 ? (this.#lastOfFar.get(deal) ?? 0) : row) - 1;
  }

  #setLast(deal: number, row: number): void {
    if (deal >= this.#last.length && deal < SPARSE * this.deal.length)
      this.#last = grown(this.#last, SPARSE * this.deal.length);
    if (deal < this.#last.length) this.#last[deal] = row + 1;
    else this.#lastOfFar.set(deal, row + 1);
  }

  /** Returns the numbers of all deals with rows here, in order. */
  #deals(): readonly number[] {
    const deals: number[] = [];
    for (let deal = 0; deal < this.#last.length; deal++) if (this.#last[deal]! > 0) deals.push(deal);
    const isFar = (deal: number) => deal >= this.#last.length || this.#last[deal] === 0;
    const far = [...this.#lastOfFar.keys()].filter(isFar).sort((a, b) => a - b);
    return far.length === 0 ? deals : [...deals, ...far].sort((a, b) => a - b);
  }

  /** Returns the first row of the deal of a row. */
  first(row: number): number {
    let first = row;
    while (this.prev[first]! >= 0) first = this.prev[first]!;
    return first;
  }

  /** Adds a row after the last one of a deal, as a copy of `from`, or for the caller to fill. */
  append(deal: number, from = -1): number {
    const row = this.#grown(deal);
    this.prev[row] = this.#known(deal);
    this.#setLast(deal, row);
    if (from >= 0) this.#copy(this, from, row);
    return row;
  }

  /** Adds a copy of the row before `next`, between the two; `next` is -1 for the end of the deal of row `before`. */
  insert(before: number, next: number): number {
    const deal = this.deal[before]!;
    if (next < 0) return this.append(deal, before);
    const row = this.#grown(deal);
    this.prev[row] = before;
    this.prev[next] = row;
    this.#copy(this, before, row);
    return row;
  }

  /** Returns the position of a word. */
  code(name: WordColumn, word: string): number {
    const words = this.#words.get(name)!;
    let code = words.get(word);
    if (code === undefined) {
      words.set(word, (code = words.size));
      this.#list.get(name)!.push(word);
      if (code > MOST_IN_16_BITS && this[name] instanceof Int16Array)
        this[name] = Int32Array.from(this[name]);
    }
    return code;
  }

  /** Returns the word at a position. */
  word(name: WordColumn, code: number): string {
    return this.#list.get(name)![code] ?? '';
  }

  #copy(from: Readonly<Record<HistoryColumn, Numbers>>, row: number, to: number): void {
    this.at[to] = from.at[row]!;
    this.since[to] = from.since[row]!;
    this.tx[to] = from.tx[row]!;
    this.value[to] = from.value[row]!;
    this.close[to] = from.close[row]!;
    this.status[to] = from.status[row]!;
    this.undoes[to] = from.undoes[row]!;
    this.flags[to] = from.flags[row]!;
    this.pipeline[to] = from.pipeline[row]!;
    this.stage[to] = from.stage[row]!;
    this.owner[to] = from.owner[row]!;
    this.currency[to] = from.currency[row]!;
  }

  #grown(deal: number): number {
    const row = this.rows++;
    if (row === this.deal.length) this.#grow(2 * row);
    this.deal[row] = deal;
    return row;
  }

  #grow(size: number): void {
    this.deal = grown(this.deal, size);
    this.at = grown(this.at, size);
    this.since = grown(this.since, size);
    this.tx = grown(this.tx, size);
    this.value = grown(this.value, size);
    this.close = grown(this.close, size);
    this.status = grown(this.status, size);
    this.undoes = grown(this.undoes, size);
    this.flags = grown(this.flags, size);
    this.pipeline = grown(this.pipeline, size);
    this.stage = grown(this.stage, size);
    this.owner = grown(this.owner, size);
    this.currency = grown(this.currency, size);
    this.prev = grown(this.prev, size);
  }

  /** Returns all rows by deal and in order of time, those of the base included. */
  laidOut(seq: number, hash: string): DealHistory {
    const base = this.#base;
    const deals = this.#deals();
    const rows = (base?.rows ?? 0) - this.#replaced(deals) + this.rows;
    const order = this.#order(deals, rows);
    const words = Object.fromEntries(this.#list) as unknown as DealHistory['words'];
    return lazyHistory({ seq, hash, rows, words }, name => this.#column(name, order));
  }

  #column(name: HistoryColumn, order: Int32Array): Numbers {
    const { [name]: own } = this;
    const before = this.#base?.[name];
    const narrow = roomFor(own.subarray(0, this.rows), before ? 0 : order.length);
    const column = before ? roomForBoth(narrow, before, order.length) : narrow;
    gather(own, before ?? own, order, column);
    return column;
  }

  /** The source of each row: a row here, or if negative a row of the base, counted from -1 on. */
  #order(deals: readonly number[], rows: number): Int32Array {
    const base = this.#base;
    const order = new Int32Array(rows);
    let [to, baseRow] = [0, 0];
    const takeBase = (end: number) => {
      for (; baseRow < end; baseRow++) order[to++] = -1 - baseRow;
    };
    for (const deal of deals) {
      if (base) {
        const first = rowAtOrAfter(base, deal, baseRow);
        takeBase(first);
        if (first < base.rows && base.deal[first] === deal) baseRow = endOfDeal(base, first);
      }
      const begin = to;
      for (let row = this.#known(deal); row >= 0; row = this.prev[row]!) to++;
      for (let row = this.#known(deal), at = to - 1; at >= begin; row = this.prev[row]!) order[at--] = row;
    }
    takeBase(base?.rows ?? 0);
    return order;
  }

  /** Counts the rows of these deals in the base. */
  #replaced(deals: readonly number[]): number {
    if (!this.#base) return 0;
    let replaced = 0;
    for (const deal of deals) {
      const first = firstRowOf(this.#base, deal);
      if (first >= 0) replaced += endOfDeal(this.#base, first) - first;
    }
    return replaced;
  }
}

/** The highest position of a word that an Int16Array holds. */
const MOST_IN_16_BITS = 2 ** 15 - 1;

function grown<T extends Numbers>(old: T, size: number): T {
  const made = new (old.constructor as new (size: number) => T)(size);
  made.set(old);
  return made;
}

/** Columns are arrays of different types, so V8 compiles this generically. */
function gather(own: Numbers, base: Numbers, order: Int32Array, into: Numbers): void {
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    into[i] = row < 0 ? base[-1 - row]! : own[row]!;
  }
}
