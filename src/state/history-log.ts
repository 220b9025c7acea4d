/**
 * The rows of the history while they are made: appended in order of arrival, each with a link to the previous row of
 * its deal, so that a fact that becomes known later can be inserted between two rows.
 */
import {
  beginsOf,
  type DealHistory,
  type DealRuns,
  firstRowOf,
  type HistoryColumn,
  historyColumnNames,
  hourOf,
  type Numbers,
  OPEN,
  positionOf,
  recentRuns,
  runsAt,
  timeOf,
  type Told,
  type WordColumn,
  wordColumns,
} from './deal-history.ts';
import { gather } from './gather.ts';
import { lazyHistory } from './lazy-history.ts';
import { narrowest, type Width, wider } from './narrow-numbers.ts';

/** The least room for rows at first. */
const ROOM = 1024;
/** Deals with numbers up to this many times the count of rows have their last row in an array; others, in a hand-made journal, in a map. */
const SPARSE = 8;

/** Positions of words, in an array that is replaced by a wider one when there are more words. */
type Codes = Int8Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

export class HistoryLog {
  deal: Int32Array<ArrayBuffer>;
  at: Float64Array<ArrayBuffer>;
  since: Float64Array<ArrayBuffer>;
  tx: Int32Array<ArrayBuffer>;
  value: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  close: Int32Array<ArrayBuffer>;
  status: Uint8Array<ArrayBuffer>;
  undoes: Int32Array<ArrayBuffer>;
  flags: Uint8Array<ArrayBuffer>;
  pipeline: Codes;
  stage: Codes;
  owner: Codes;
  currency: Codes;
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
  #isAnyUndone = false;
  readonly #widths = new Map<HistoryColumn, Width>();
  /** The memory of the column that was lent last. */
  #lent: ArrayBuffer | undefined;

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
    this.value = new Int32Array(room);
    this.close = new Int32Array(room);
    this.status = new Uint8Array(room);
    this.undoes = new Int32Array(room);
    this.flags = new Uint8Array(room);
    this.pipeline = new Int8Array(room);
    this.stage = new Int8Array(room);
    this.owner = new Int8Array(room);
    this.currency = new Int8Array(room);
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
    const end = base.runs.end[positionOf(base.runs, deal)]!;
    for (let row = first; row < end; row++) this.#copyFrom(base, row, this.append(deal));
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
  #deals(): Int32Array<ArrayBuffer> {
    let count = 0;
    for (let deal = 0; deal < this.#last.length; deal++) if (this.#last[deal]! > 0) count++;
    const isFar = (deal: number) => deal >= this.#last.length || this.#last[deal] === 0;
    const far = [...this.#lastOfFar.keys()].filter(isFar);
    const deals = new Int32Array(count + far.length);
    let to = 0;
    for (let deal = 0; deal < this.#last.length; deal++) if (this.#last[deal]! > 0) deals[to++] = deal;
    if (far.length === 0) return deals;
    deals.set(far, to);
    return deals.sort();
  }

  /** Returns the first row of the deal of a row. */
  first(row: number): number {
    let first = row;
    while (this.prev[first]! >= 0) first = this.prev[first]!;
    return first;
  }

  /**
   * Adds a row after the last one of a deal, as a copy of `from`, or for the caller to fill. Either way, its flags and what it
   * undoes are 0.
   */
  append(deal: number, from = -1): number {
    const row = this.#grown(deal);
    this.prev[row] = this.#known(deal);
    this.#setLast(deal, row);
    if (from >= 0) this.#copy(from, row);
    return row;
  }

  /** Adds a copy of the row before `next`, between the two; `next` is -1 for the end of the deal of row `before`. */
  insert(before: number, next: number): number {
    const deal = this.deal[before]!;
    if (next < 0) return this.append(deal, before);
    const row = this.#grown(deal);
    this.prev[row] = before;
    this.prev[next] = row;
    this.#copy(before, row);
    return row;
  }

  /** Returns the position of a word. */
  code(name: WordColumn, word: string): number {
    const words = this.#words.get(name)!;
    let code = words.get(word);
    if (code === undefined) {
      words.set(word, (code = words.size));
      this.#list.get(name)!.push(word);
      if (code > MOST_IN_8_BITS && this[name] instanceof Int8Array) this[name] = Int16Array.from(this[name]);
      if (code > MOST_IN_16_BITS && this[name] instanceof Int16Array)
        this[name] = Int32Array.from(this[name]);
    }
    return code;
  }

  /** Returns the word at a position. */
  word(name: WordColumn, code: number): string {
    return this.#list.get(name)![code] ?? '';
  }

  // Flags and what is undone stay 0 as in any new row: writing zeros would touch new memory.
  #copy(from: number, to: number): void {
    this.at[to] = this.at[from]!;
    this.since[to] = this.since[from]!;
    this.tx[to] = this.tx[from]!;
    this.value[to] = this.value[from]!;
    this.close[to] = this.close[from]!;
    this.status[to] = this.status[from]!;
    this.pipeline[to] = this.pipeline[from]!;
    this.stage[to] = this.stage[from]!;
    this.owner[to] = this.owner[from]!;
    this.currency[to] = this.currency[from]!;
  }

  #copyFrom(base: DealHistory, from: number, to: number): void {
    for (const name of historyColumnNames)
      if (name !== 'undoes' && name !== 'value') this[name][to] = base[name][from]!;
    this.setValue(to, base.value[from]!);
    this.setUndone(to, base.undoes[from]!);
  }

  /** Sets the value of a row, in minor units. */
  setValue(row: number, units: number): void {
    if ((units | 0) !== units && this.value instanceof Int32Array) this.value = Float64Array.from(this.value);
    this.value[row] = units;
  }

  /** Sets which transaction a row undoes; 0 for none. */
  setUndone(row: number, tx: number): void {
    if (tx === 0) return;
    this.undoes[row] = tx;
    this.#isAnyUndone = true;
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

  /**
   * Returns all rows by deal and in order of time, those of the base included. `told` has the notes of large transactions
   * since the base.
   */
  laidOut(seq: number, hash: string, told: readonly Told[] = []): DealHistory {
    const words = Object.fromEntries(this.#list) as unknown as DealHistory['words'];
    const all = [...(this.#base?.told ?? []), ...told];
    return this.#laidOver(this.#base, this.#ownRuns(), { seq, hash, words, told: all });
  }

  #laidOver(
    base: DealHistory | undefined,
    own: DealRuns,
    said: Pick<DealHistory, 'seq' | 'hash' | 'words' | 'told'>,
  ): DealHistory {
    let made: Layout | undefined;
    // Made on demand, because a caller that asks only for the recent past needs no layout of the whole.
    const layout = () => (made ??= this.#layout(base?.runs, own));
    const columnIn = (name: HistoryColumn, room?: ArrayBuffer) =>
      this.#column(name, base?.[name], layout().order, room);
    return lazyHistory(
      { ...said, rows: () => layout().order.length },
      {
        runs: () => layout().runs,
        columnOf: name => columnIn(name),
        picked: (name, rows) =>
          this.#column(
            name,
            base?.[name],
            rows.map(row => layout().order[row]!),
          ),
        lent: name => columnIn(name, (this.#lent ??= new ArrayBuffer(WIDEST * layout().order.length))),
        // Over a base all own rows count: they replace rows of the base, which may be recent and outdated.
        recent: instant => this.#laidOver(base?.recent(instant), base ? own : recentRuns(own, instant), said),
      },
    );
  }

  #column(name: HistoryColumn, base: Numbers | undefined, order: Int32Array, room?: ArrayBuffer): Numbers {
    const { [name]: own } = this;
    const isZero = name === 'undoes' && !this.#isAnyUndone;
    const narrow = isZero ? Uint8Array : this.#widthOf(name);
    const Wide = base ? wider(narrow, base) : narrow;
    const column = room ? new Wide(room, 0, order.length) : new Wide(order.length);
    if (base) gatherBoth(own, base, order, column);
    else if (!isZero) gather(own, order, column);
    else if (room) column.fill(0);
    return column;
  }

  #widthOf(name: HistoryColumn): Width {
    let width = this.#widths.get(name);
    if (!width) {
      width = narrowest(this[name].subarray(0, this.rows));
      this.#widths.set(name, width);
    }
    return width;
  }

  /** Returns the runs of the deals with rows here, with the rows counted as they will be laid out. */
  #ownRuns(): DealRuns {
    const number = this.#deals();
    const end = new Int32Array(number.length);
    const latest = new Int32Array(number.length);
    const { status, prev } = this;
    const undoes = this.#isAnyUndone ? this.undoes : undefined;
    for (let i = 0, rows = 0; i < number.length; i++) {
      const last = this.#known(number[i]!);
      let time = Number.NEGATIVE_INFINITY;
      for (let row = last; row >= 0; row = prev[row]!) {
        const said = timeOf(this, undoes, prev[row]!, row);
        if (!(said <= time)) time = said;
        rows++;
      }
      end[i] = rows;
      latest[i] = hourOf(time, status[last] === OPEN);
    }
    return { number, begin: beginsOf(end), end, latest };
  }

  /**
   * Returns the deals of the base and those with rows here in order, and the source of each row: a row here, or if negative a
   * row of the base, counted from -1 down.
   */
  #layout(base: DealRuns | undefined, own: DealRuns): Layout {
    // Runs of the recent past have gaps between them, which merging closes, even without a base.
    const runs = merged(base ?? NO_RUNS, own);
    const order = new Int32Array(runs.end.at(-1) ?? 0);
    for (let i = 0, o = 0, b = 0, to = 0; i < runs.number.length; i++) {
      const deal = runs.number[i]!;
      const isOwn = own.number[o] === deal;
      if (isOwn) {
        o++;
        for (let row = this.#known(deal), at = runs.end[i]! - 1; row >= 0; row = this.prev[row]!)
          order[at--] = row;
      }
      if (base?.number[b] === deal) {
        if (!isOwn) for (let row = base.begin[b]!, at = to; at < runs.end[i]!; row++) order[at++] = -1 - row;
        b++;
      }
      to = runs.end[i]!;
    }
    return { runs, order };
  }
}

interface Layout {
  readonly runs: DealRuns;
  readonly order: Int32Array;
}

const NO_RUNS = runsAt(
  { number: new Int32Array(), end: new Int32Array(), latest: new Int32Array() },
  new Int32Array(),
);

/** The bytes of the widest number in a column. */
const WIDEST = 8;

/** Returns the deals of both, with their rows side by side; for those in both, the runs of `own`. */
function merged(base: DealRuns, own: DealRuns): DealRuns {
  const size = base.number.length + own.number.length;
  const [numbers, ends, latest] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
  let [to, rows] = [0, 0];
  for (let b = 0, o = 0; b < base.number.length || o < own.number.length; ) {
    const [ofBase, ofOwn] = [
      base.number[b] ?? Number.POSITIVE_INFINITY,
      own.number[o] ?? Number.POSITIVE_INFINITY,
    ];
    const [from, i] = ofOwn <= ofBase ? [own, o] : [base, b];
    if (ofOwn <= ofBase) o++;
    if (ofBase <= ofOwn) b++;
    rows += from.end[i]! - from.begin[i]!;
    numbers[to] = from.number[i]!;
    ends[to] = rows;
    latest[to++] = from.latest[i]!;
  }
  const end = ends.subarray(0, to);
  return { number: numbers.subarray(0, to), begin: beginsOf(end), end, latest: latest.subarray(0, to) };
}

/** The highest positions of words that an Int8Array and an Int16Array hold. */
const MOST_IN_8_BITS = 2 ** 7 - 1;
const MOST_IN_16_BITS = 2 ** 15 - 1;

function grown<T extends Numbers | Codes>(old: T, size: number): T {
  const made = new (old.constructor as new (size: number) => T)(size);
  made.set(old);
  return made;
}

/** Columns are arrays of different types, so V8 compiles this generically. */
function gatherBoth(own: Numbers | Codes, base: Numbers, order: Int32Array, into: Numbers): void {
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    into[i] = row < 0 ? base[-1 - row]! : own[row]!;
  }
}
