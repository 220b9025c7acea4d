/**
 * The past of all deals as columns. A row has the values of a deal from one instant until its next row, so that the
 * stage of each deal and the open deals at any time are known without reading the journal. Every change of a deal has
 * a row, even if no column has the changed field: the row then tells when the deal was last changed.
 */

/** The values of a row, by column. */
interface Said {
  /** The number of the deal's id. The rows of a deal lie side by side, in order of time. */
  readonly deal: Numbers;
  /** The instant from which the row holds: milliseconds, in business time. */
  readonly at: Numbers;
  /** Since when the deal was in its stage: milliseconds. Before `at` where a move was undone. */
  readonly since: Numbers;
  /** The transaction that the row comes from. */
  readonly tx: Numbers;
  /** In minor units of the currency. */
  readonly value: Numbers;
  /** The day number of the expected close, or NO_DAY. */
  readonly close: Numbers;
  /** OPEN, WON or LOST, and IN_TRASH. */
  readonly status: Numbers;
  /** The transaction that the row undoes, if it reverses a move, a closing or a reopening; otherwise 0. */
  readonly undoes: Numbers;
  /** Flags in the first row of a deal, from IMPORTED on; 0 in other rows. */
  readonly flags: Numbers;
  /** Positions in `words`; -1 for none. */
  readonly pipeline: Numbers;
  readonly stage: Numbers;
  readonly owner: Numbers;
  readonly currency: Numbers;
}

/** The narrowest array for the numbers of a column: touching new memory is the largest cost of a report. */
export type Numbers =
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

export type HistoryColumn = keyof Said;
export const historyColumnNames = [
  'deal',
  'at',
  'since',
  'tx',
  'value',
  'close',
  'status',
  'undoes',
  'flags',
  'pipeline',
  'stage',
  'owner',
  'currency',
] as const satisfies readonly HistoryColumn[];
/** The columns whose values are positions in a list of words. */
export const wordColumns = ['pipeline', 'stage', 'owner', 'currency'] as const;
export type WordColumn = (typeof wordColumns)[number];

/**
 * A large transaction of which the past has nearly all changes, so that a reader of the journal who looks for the others can
 * leave out most of its lines.
 */
export interface Told {
  readonly seq: number;
  readonly hash: string;
  /** The bytes of all its lines. */
  readonly size: number;
  /** The lines with other changes: pairs of a first byte and the byte after the last one, counted from its first line. */
  readonly others: readonly number[];
  /**
   * The lowest and the highest number of the deals that the lines left out close; undefined if they close none. Of a closing,
   * the past has only the time.
   */
  readonly closings?: readonly [number, number];
}

export interface DealHistory extends Said {
  /** The last transaction that is included, and its hash. */
  readonly seq: number;
  readonly hash: string;
  readonly rows: number;
  readonly words: { readonly [name in WordColumn]: readonly string[] };
  /** The large transactions of which it has nearly all changes, in order. */
  readonly told: readonly Told[];
  readonly runs: DealRuns;
  /**
   * Returns the past of the deals that are open at their end, or were open at the instant or later. It may have other deals
   * too. Most deals of many years are closed, and no report of a period needs them. Rows that are not in its runs are of
   * other deals, or empty.
   */
  recent(instant: number): DealHistory;
  /** Returns the numbers of a column at some rows, which are in order. */
  picked(name: HistoryColumn, rows: Int32Array): Numbers;
  /** Returns a column in memory that the next call of `lent` overwrites. */
  lent(name: HistoryColumn): Numbers;
}

export const OPEN = 0;
export const WON = 1;
export const LOST = 2;
/** The bit of a status for a deal in the trash. */
export const IN_TRASH = 4;
/** The status without the trash. */
export const STATUS = 3;

/** Flags: an import added the deal. */
export const IMPORTED = 1;
/** Flag: an import added the deal and did not say when it was made. */
export const CREATION_UNKNOWN = 2;
/** Flag: the import that added the deal was undone, so the deal counts in no period. */
export const VOID = 4;
/** Flag: some row of the deal holds from before its transaction. */
export const BACKDATED = 8;

/** The expected close of a deal that has none. */
export const NO_DAY = -(2 ** 31);

/** The deals of a history in order of their numbers, each with its rows and the last hour in which it counts. */
export interface DealRuns {
  /** The numbers of their IDs, in order. */
  readonly number: Int32Array<ArrayBuffer>;
  /** The first row of each. */
  readonly begin: Int32Array<ArrayBuffer>;
  /** The row after the last one of each. */
  readonly end: Int32Array<ArrayBuffer>;
  /**
   * The latest time of each deal in hours since 1970, rounded up: of its rows before it was closed, and of its closing.
   * ALWAYS for a deal that is open at its end.
   */
  readonly latest: Int32Array<ArrayBuffer>;
}

/** Stands for the last hour of a deal that is open at its end. */
const ALWAYS = 2 ** 31 - 1;
const HOUR = 3_600_000;

/** Returns the last hour of a deal, given the latest time of its rows. */
export const hourOf = (time: number, isOpen: boolean): number => {
  const hour = Math.ceil(time / HOUR);
  return !isOpen && hour > -ALWAYS && hour < ALWAYS ? hour : ALWAYS;
};

/**
 * Returns the latest time in a row (ms): of its own beginning, or of its stage's. Returns -Infinity for a row of a deal that
 * was closed before and stays closed: an import of former years, stage by stage, adds such rows at its own time. `before` is
 * the deal's row before it, or -1; `undoes` is undefined if no row undoes anything.
 */
export function timeOf(
  { at, since, status }: Pick<DealHistory, 'at' | 'since' | 'status'>,
  undoes: Numbers | undefined,
  before: number,
  row: number,
): number {
  const isClosed = (status[row]! & STATUS) !== OPEN;
  if (isClosed && before >= 0 && (status[before]! & STATUS) !== OPEN && !((undoes?.[row] ?? 0) > 0))
    return Number.NEGATIVE_INFINITY;
  return since[row]! > at[row]! ? since[row]! : at[row]!;
}

/** Returns the position of the first deal whose ID has this number or a higher one, from position `from` on. */
export function positionOf({ number }: DealRuns, deal: number, from = 0): number {
  let [low, high] = [from, number.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (number[middle]! < deal) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the first rows of deals whose rows lie side by side, given where those of each end. */
export function beginsOf(end: Int32Array): Int32Array<ArrayBuffer> {
  const begin = new Int32Array(end.length);
  if (end.length > 0) begin.set(end.subarray(0, -1), 1);
  return begin;
}

/** Returns the positions of the deals that are open at their end, or were open at an instant or later. */
export function recentPositions(latest: Int32Array, instant: number): Int32Array<ArrayBuffer> {
  const least = Math.ceil(instant / HOUR);
  const positions = new Int32Array(latest.length);
  let count = 0;
  for (let i = 0; i < latest.length; i++) if (latest[i]! >= least) positions[count++] = i;
  return positions.subarray(0, count);
}

/** Returns the runs of the deals that are open at their end, or were open at an instant or later. */
export const recentRuns = (runs: DealRuns, instant: number): DealRuns =>
  runsAt(runs, recentPositions(runs.latest, instant));

/** Returns the runs of some of the deals whose rows lie side by side, by the positions of these deals. */
export function runsAt({ number, end, latest }: Omit<DealRuns, 'begin'>, positions: Int32Array): DealRuns {
  const count = positions.length;
  const [numbers, begins] = [new Int32Array(count), new Int32Array(count)];
  const [ends, hours] = [new Int32Array(count), new Int32Array(count)];
  for (let i = 0; i < count; i++) {
    const position = positions[i]!;
    numbers[i] = number[position]!;
    begins[i] = position === 0 ? 0 : end[position - 1]!;
    ends[i] = end[position]!;
    hours[i] = latest[position]!;
  }
  return { number: numbers, begin: begins, end: ends, latest: hours };
}

/** Returns how many rows some deals have. */
export function rowsOfRuns({ begin, end }: DealRuns): number {
  let rows = 0;
  for (let i = 0; i < end.length; i++) rows += end[i]! - begin[i]!;
  return rows;
}

/** Returns the first row of a deal's id number, or -1. */
export function firstRowOf({ runs }: Pick<DealHistory, 'runs'>, number: number): number {
  const position = positionOf(runs, number);
  return runs.number[position] === number ? runs.begin[position]! : -1;
}

/** Returns the row after the last one of the deal whose row `from` is. */
export function endOfDeal({ deal, rows }: Pick<DealHistory, 'deal' | 'rows'>, from: number): number {
  let end = from + 1;
  while (end < rows && deal[end] === deal[from]) end++;
  return end;
}
