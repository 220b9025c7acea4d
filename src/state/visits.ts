/**
 * The visits of deals to stages, read from their past: which deal entered which stage, until when, and how the visit
 * ended.
 */
import {
  type DealHistory,
  IN_TRASH,
  type Numbers,
  OPEN,
  rowsOfRuns,
  STATUS,
  VOID,
  WON,
} from './deal-history.ts';

/** How a visit ended. */
export const STILL = 0;
/** To the stage of the deal's next visit. */
export const MOVED = 1;
export const WON_THERE = 2;
export const LOST_THERE = 3;
export const REMOVED = 4;

export interface Visits {
  /** The number of visits; those of a deal are consecutive, in order of time. */
  readonly count: number;
  /** The row of the history with which it began, and the last one before it ended: value, currency and owner then. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Milliseconds; `left` is NaN for a visit that goes on. */
  readonly entered: Float64Array;
  readonly left: Float64Array;
  /** STILL, MOVED, ... */
  readonly how: Uint8Array;
}

/**
 * Returns the visits as of an instant, by what is known now. Only an open deal visits a stage, and a reopened deal
 * begins a new visit. A deal that comes out of the trash continues its visit, and so does a deal whose move or
 * closing was undone.
 */
export function visitsIn(history: DealHistory, until = Number.POSITIVE_INFINITY): Visits {
  // A page of several reports asks for the same visits several times.
  const known = lastVisits.get(history);
  if (known?.until === until) return known.visits;
  const visits = walked(history, until);
  lastVisits.set(history, { until, visits });
  return visits;
}

const lastVisits = new WeakMap<DealHistory, { readonly until: number; readonly visits: Visits }>();

function walked(history: DealHistory, until: number): Visits {
  const { at, flags, runs } = history;
  const { begin, end } = runs;
  const walk = new Walk(history, rowsOfRuns(runs));
  for (let i = 0; i < begin.length; i++) {
    const first = begin[i]!;
    if ((flags[first]! & VOID) !== 0) continue;
    let next = end[i]!;
    while (next > first && at[next - 1]! > until) next--;
    walk.begin();
    for (let row = first; row < next; row++) walk.step(row);
  }
  return walk.visits();
}

class Walk {
  // A column of a history is a getter: it is called once here, and not for each row.
  readonly #at: Numbers;
  readonly #since: Numbers;
  readonly #history: DealHistory;
  readonly #status: Numbers;
  readonly #undoes: Numbers;
  readonly #stage: Numbers;
  readonly #pipeline: Numbers;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #entered: Float64Array;
  readonly #left: Float64Array;
  readonly #how: Uint8Array;
  #count = 0;
  /** The first visit of the deal at hand. */
  #begin = 0;

  /** A deal has at most as many visits as rows. */
  constructor(history: DealHistory, rows: number) {
    const { at, since, status, undoes, stage, pipeline } = history;
    this.#history = history;
    this.#at = at;
    this.#since = since;
    this.#status = status;
    this.#undoes = undoes;
    this.#stage = stage;
    this.#pipeline = pipeline;
    this.#first = new Int32Array(rows);
    this.#last = new Int32Array(rows);
    this.#entered = new Float64Array(rows);
    this.#left = new Float64Array(rows);
    this.#how = new Uint8Array(rows);
  }

  begin(): void {
    this.#begin = this.#count;
  }

  step(row: number): void {
    const status = this.#status[row]!;
    const isInTrash = (status & IN_TRASH) !== 0;
    if (this.#count === this.#begin) {
      if (isInTrash) return;
      this.#push(row);
    } else if (status === OPEN) this.#goOn(row);
    if (status === OPEN) return;
    if (this.#undoes[row]! > 0 && !isInTrash) this.#takeBack(row);
    const top = this.#count - 1;
    const how = this.#how[top]!;
    if (how === STILL) this.#end(top, row, isInTrash ? REMOVED : endedAs(status));
    // A won deal becomes lost, or the other way round: the time of its end stays.
    else if (!isInTrash && (how === WON_THERE || how === LOST_THERE)) this.#how[top] = endedAs(status);
  }

  /** The deal is open, and was known before. */
  #goOn(row: number): void {
    const isUndo = this.#undoes[row]! > 0;
    if (isUndo) this.#takeBack(row);
    const top = this.#count - 1;
    const how = this.#how[top]!;
    if ((isUndo || how === STILL || how === REMOVED) && this.#isIn(row, top)) {
      this.#how[top] = STILL;
      this.#left[top] = Number.NaN;
      this.#last[top] = row;
      return;
    }
    if (how === STILL || how === REMOVED) this.#end(top, row, MOVED);
    this.#push(row);
  }

  /** The undone change was not an entry into a stage: the previous visit continues, or ends as it did. */
  #takeBack(row: number): void {
    const undone = this.#undoes[row]!;
    const { tx } = this.#history;
    let top = this.#count - 1;
    for (; top > this.#begin && tx[this.#first[top]!]! >= undone; top--) {
      if (this.#how[top - 1] !== MOVED) continue;
      this.#how[top - 1] = this.#how[top]!;
      this.#left[top - 1] = this.#left[top]!;
      this.#last[top - 1] = this.#last[top]!;
    }
    this.#count = top + 1;
  }

  #end(visit: number, row: number, how: number): void {
    const left = how === MOVED ? this.#enteredAt(row) : this.#at[row]!;
    this.#how[visit] = how;
    this.#left[visit] = Math.max(left, this.#entered[visit]!);
    if (this.#isIn(row, visit)) this.#last[visit] = row;
  }

  /**
   * Returns the time of entry for a row that is not a deal's first. An undo restores a stage with the time of its
   * entry, unless that time lies within the visit before: a deal may have been moved after the time at which, as it
   * was told later, it was closed.
   */
  #enteredAt(row: number): number {
    const top = this.#count - 1;
    const goesOn = this.#how[top] === STILL || this.#how[top] === REMOVED;
    const before = goesOn ? this.#entered[top]! : this.#left[top]!;
    const since = this.#since[row]!;
    return this.#undoes[row]! > 0 && since >= before ? since : this.#at[row]!;
  }

  #isIn(row: number, visit: number): boolean {
    const first = this.#first[visit]!;
    return this.#stage[row] === this.#stage[first] && this.#pipeline[row] === this.#pipeline[first];
  }

  #push(row: number): void {
    const isFirst = this.#count === this.#begin;
    const entered = isFirst ? Math.max(this.#at[row]!, this.#since[row]!) : this.#enteredAt(row);
    const visit = this.#count++;
    this.#first[visit] = row;
    this.#last[visit] = row;
    this.#entered[visit] = entered;
    this.#left[visit] = Number.NaN;
    this.#how[visit] = STILL;
  }

  visits(): Visits {
    const count = this.#count;
    return {
      count,
      first: this.#first.subarray(0, count),
      last: this.#last.subarray(0, count),
      entered: this.#entered.subarray(0, count),
      left: this.#left.subarray(0, count),
      how: this.#how.subarray(0, count),
    };
  }
}

const endedAs = (status: number): number => ((status & STATUS) === WON ? WON_THERE : LOST_THERE);
