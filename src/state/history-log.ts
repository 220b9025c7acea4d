/**
 * Rows of the history while they are made: appended as they come, each with a link to the row of its deal before it, so
 * that what becomes known later can be put between two rows.
 */
import {
  type DealHistory,
  endOfDeal,
  firstRowOf,
  historyColumnNames,
  historyColumns,
  rowAtOrAfter,
  wordColumns,
} from './deal-history.ts';

/** Rows for which there is room at first. */
const ROOM = 1024;

export class HistoryLog {
  deal: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  at: Float64Array<ArrayBuffer> = new Float64Array(ROOM);
  since: Float64Array<ArrayBuffer> = new Float64Array(ROOM);
  tx: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  value: Float64Array<ArrayBuffer> = new Float64Array(ROOM);
  close: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  status: Uint8Array<ArrayBuffer> = new Uint8Array(ROOM);
  undoes: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  flags: Uint8Array<ArrayBuffer> = new Uint8Array(ROOM);
  pipeline: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  stage: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  owner: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  currency: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  /** The row of the same deal before, or -1. */
  prev: Int32Array<ArrayBuffer> = new Int32Array(ROOM);
  rows = 0;
  readonly #last = new Map<number, number>();
  readonly #words = new Map(wordColumns.map(name => [name, new Map<string, number>()]));
  /** The same words by position. */
  readonly #list = new Map(wordColumns.map(name => [name, [] as string[]]));
  readonly #base: DealHistory | undefined;

  constructor(base?: DealHistory) {
    this.#base = base;
    if (base) for (const name of wordColumns) for (const word of base.words[name]) this.code(name, word);
  }

  /** Whether nothing was added to what it began with. */
  get isUnchanged(): boolean {
    return this.#last.size === 0;
  }

  /** Returns the last row of a deal, or -1; of one that it began with, after taking its rows over. */
  last(deal: number): number {
    const known = this.#last.get(deal);
    if (known !== undefined) return known;
    const base = this.#base;
    const first = base ? firstRowOf(base, deal) : -1;
    if (!base || first < 0) return -1;
    for (let row = first, end = endOfDeal(base, first); row < end; row++) {
      const to = this.append(deal);
      this.#copy(base, row, to);
    }
    return this.#last.get(deal)!;
  }

  /** Returns the first row of the deal of a row. */
  first(row: number): number {
    let first = row;
    while (this.prev[first]! >= 0) first = this.prev[first]!;
    return first;
  }

  /** Adds a row after the last one of a deal; what it says is up to the caller, unless it is a copy of `from`. */
  append(deal: number, from = -1): number {
    const row = this.#grown(deal);
    this.prev[row] = this.#last.get(deal) ?? -1;
    this.#last.set(deal, row);
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
  code(name: (typeof wordColumns)[number], word: string | undefined): number {
    if (word === undefined) return -1;
    const words = this.#words.get(name)!;
    let code = words.get(word);
    if (code === undefined) {
      words.set(word, (code = words.size));
      this.#list.get(name)!.push(word);
    }
    return code;
  }

  /** Returns the word at a position. */
  word(name: (typeof wordColumns)[number], code: number): string {
    return this.#list.get(name)![code] ?? '';
  }

  #copy(from: Pick<DealHistory, keyof typeof historyColumns>, row: number, to: number): void {
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
    if (row === this.deal.length) {
      const size = 2 * row;
      const grown = <T extends Int32Array | Float64Array | Uint8Array>(old: T): T => {
        const made = new (old.constructor as new (size: number) => T)(size);
        made.set(old);
        return made;
      };
      this.deal = grown(this.deal);
      this.at = grown(this.at);
      this.since = grown(this.since);
      this.tx = grown(this.tx);
      this.value = grown(this.value);
      this.close = grown(this.close);
      this.status = grown(this.status);
      this.undoes = grown(this.undoes);
      this.flags = grown(this.flags);
      this.pipeline = grown(this.pipeline);
      this.stage = grown(this.stage);
      this.owner = grown(this.owner);
      this.currency = grown(this.currency);
      this.prev = grown(this.prev);
    }
    this.deal[row] = deal;
    return row;
  }

  /** Returns all rows by deal and in order of time, those that it began with among them. */
  laidOut(seq: number, hash: string): DealHistory {
    const base = this.#base;
    const order = new Int32Array(this.rows);
    const deals = Int32Array.from(this.#last.keys()).sort();
    // Stretches of rows: of the base where `from` is at least 0, else of one deal's own rows.
    let baseRow = 0;
    const rows = (base?.rows ?? 0) - this.#replaced(deals) + this.rows;
    const out = Object.fromEntries(
      Object.entries(historyColumns).map(([name, type]) => [name, new type(rows)]),
    ) as unknown as { -readonly [name in keyof typeof historyColumns]: DealHistory[name] };
    let to = 0;
    const copyBase = (end: number) => {
      if (base && end > baseRow) {
        for (const name of historyColumnNames) out[name].set(base[name].subarray(baseRow, end), to);
        to += end - baseRow;
      }
      baseRow = Math.max(baseRow, end);
    };
    let own = 0;
    let from = 0;
    const flush = () => {
      for (const name of historyColumnNames) gather(this[name], order, from, own, out[name], to);
      to += own - from;
      from = own;
    };
    for (const deal of deals) {
      const first = base ? rowAtOrAfter(base, deal, baseRow) : 0;
      if (base && first > baseRow) {
        flush();
        copyBase(first);
      }
      if (base && base.deal[first] === deal) baseRow = endOfDeal(base, first);
      let count = 0;
      for (let row = this.#last.get(deal)!; row >= 0; row = this.prev[row]!) count++;
      own += count;
      for (let row = this.#last.get(deal)!, i = own - 1; row >= 0; row = this.prev[row]!) order[i--] = row;
    }
    flush();
    copyBase(base?.rows ?? 0);
    const words = Object.fromEntries(this.#list) as unknown as DealHistory['words'];
    return { seq, hash, rows, words, ...out };
  }

  /** How many rows of the base are of these deals. */
  #replaced(deals: Int32Array): number {
    if (!this.#base) return 0;
    let replaced = 0;
    for (const deal of deals) {
      const first = firstRowOf(this.#base, deal);
      if (first >= 0) replaced += endOfDeal(this.#base, first) - first;
    }
    return replaced;
  }
}

type Values = Int32Array | Float64Array | Uint8Array;

function gather(from: Values, order: Int32Array, begin: number, end: number, into: Values, at: number): void {
  for (let i = begin; i < end; i++) into[at + i - begin] = from[order[i]!]!;
}
