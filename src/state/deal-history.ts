/**
 * The past of all deals as columns: a row says what a deal was like from one instant until its next row, so that who
 * was in which stage, and what was open at any time, is answered without reading the journal. Every change of a deal
 * has its row, also one of fields that no column has: it says when the deal was changed last.
 */

/** The values of a row, by column. */
interface Said {
  /** The number of the deal's id. The rows of a deal lie side by side, in order of time. */
  readonly deal: Numbers;
  /** From when on the row holds: milliseconds, in business time. */
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
  /** Of a row with which an undo took back a move, a closing or a reopening: the transaction undone; otherwise 0. */
  readonly undoes: Numbers;
  /** Of the first row of a deal: IMPORTED and those after it; otherwise 0. */
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

export interface DealHistory extends Said {
  /** The transaction up to which it goes, and that one's hash. */
  readonly seq: number;
  readonly hash: string;
  readonly rows: number;
  readonly words: { readonly [name in WordColumn]: readonly string[] };
}

export const OPEN = 0;
export const WON = 1;
export const LOST = 2;
/** Added to a status. */
export const IN_TRASH = 4;
/** The status without the trash. */
export const STATUS = 3;

/** Flags: an import added the deal. */
export const IMPORTED = 1;
/** An import added it and did not say when it was made. */
export const CREATION_UNKNOWN = 2;
/** The import that added it was undone: the deal counts in no period. */
export const VOID = 4;
/** Some row holds from before the transaction that it comes from. */
export const BACKDATED = 8;

/** The expected close of a deal that has none. */
export const NO_DAY = -(2 ** 31);

/** What the rows of a deal are found by. */
type ByDeal = Pick<DealHistory, 'deal' | 'rows'>;

/** Returns the first row of a deal's id number, or where it would be; at or after row `from`. */
export function rowAtOrAfter({ deal, rows }: ByDeal, number: number, from = 0): number {
  let [low, high] = [from, rows];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (deal[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the first row of a deal's id number, or -1. */
export function firstRowOf(history: ByDeal, number: number): number {
  const row = rowAtOrAfter(history, number);
  return row < history.rows && history.deal[row] === number ? row : -1;
}

/** Returns the row after the last one of the deal whose row `from` is. */
export function endOfDeal({ deal, rows }: ByDeal, from: number): number {
  let end = from + 1;
  while (end < rows && deal[end] === deal[from]) end++;
  return end;
}
