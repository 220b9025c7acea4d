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

export interface DealHistory extends Said {
  /** The last transaction that is included, and its hash. */
  readonly seq: number;
  readonly hash: string;
  readonly rows: number;
  readonly words: { readonly [name in WordColumn]: readonly string[] };
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

/** The columns by which the rows of a deal are found. */
type ByDeal = Pick<DealHistory, 'deal' | 'rows'>;

/** Returns the first row of a deal's id number at or after row `from`, or the place where it would be. */
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
