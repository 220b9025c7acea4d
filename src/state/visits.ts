/** The visits of deals to stages, read from their past: who entered which stage, until when, and how that ended. */
import { type DealHistory, IN_TRASH, OPEN, STATUS, VOID, WON } from './deal-history.ts';

/** How a visit ended. */
export const STILL = 0;
/** To the stage of the deal's next visit. */
export const MOVED = 1;
export const WON_THERE = 2;
export const LOST_THERE = 3;
export const REMOVED = 4;

export interface Visits {
  /** How many there are: those of a deal side by side, in order of time. */
  readonly count: number;
  /** The row of the history with which it began, and the last one before it ended: value, currency and owner then. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** Milliseconds; `left` is NaN of one that goes on. */
  readonly entered: Float64Array;
  readonly left: Float64Array;
  /** STILL, MOVED, ... */
  readonly how: Uint8Array;
}

/**
 * Returns the visits as of an instant, by what is known now. Only an open deal visits a stage: one that is opened again
 * enters anew. One that comes out of the trash goes on where it was, and so does one whose move or closing was undone.
 */
export function visitsIn(history: DealHistory, until = Number.POSITIVE_INFINITY): Visits {
  const { rows, deal, at, flags } = history;
  const walk = new Walk(history);
  for (let row = 0, begin = 0; row < rows; row++) {
    if (row === 0 || deal[row] !== deal[row - 1]) {
      begin = row;
      walk.begin();
    }
    if (at[row]! <= until && (flags[begin]! & VOID) === 0) walk.step(row);
  }
  return walk.visits();
}

class Walk {
  readonly #history: DealHistory;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #entered: Float64Array;
  readonly #left: Float64Array;
  readonly #how: Uint8Array;
  #count = 0;
  /** The first visit of the deal at hand. */
  #begin = 0;

  constructor(history: DealHistory) {
    this.#history = history;
    const { rows } = history;
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
    const status = this.#history.status[row]!;
    const isInTrash = (status & IN_TRASH) !== 0;
    if (this.#count === this.#begin) {
      if (isInTrash) return;
      this.#push(row);
    } else if (status === OPEN) this.#goOn(row);
    if (status === OPEN) return;
    if (this.#history.undoes[row]! > 0 && !isInTrash) this.#takeBack(row);
    const top = this.#count - 1;
    if (this.#how[top] === STILL) this.#end(top, row, isInTrash ? REMOVED : endedAs(status));
  }

  /** The deal is open, and was known before. */
  #goOn(row: number): void {
    const isUndo = this.#history.undoes[row]! > 0;
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

  /** What was undone was not an entry: the visit before goes on, or ended as that one did. */
  #takeBack(row: number): void {
    const undone = this.#history.undoes[row]!;
    let top = this.#count - 1;
    for (; top > this.#begin && this.#history.tx[this.#first[top]!]! >= undone; top--) {
      if (this.#how[top - 1] !== MOVED) continue;
      this.#how[top - 1] = this.#how[top]!;
      this.#left[top - 1] = this.#left[top]!;
      this.#last[top - 1] = this.#last[top]!;
    }
    this.#count = top + 1;
  }

  #end(visit: number, row: number, how: number): void {
    const left = how === MOVED ? this.#enteredAt(row) : this.#history.at[row]!;
    this.#how[visit] = how;
    this.#left[visit] = Math.max(left, this.#entered[visit]!);
    if (this.#isIn(row, visit)) this.#last[visit] = row;
  }

  /**
   * When a row is entered that is not the first one: an undo brings back a stage with the time of its entry, unless that
   * lies in the visit before, as where the deal was moved after the time that it was said to be closed.
   */
  #enteredAt(row: number): number {
    const { at, since, undoes } = this.#history;
    const top = this.#count - 1;
    const goesOn = this.#how[top] === STILL || this.#how[top] === REMOVED;
    const before = goesOn ? this.#entered[top]! : this.#left[top]!;
    return undoes[row]! > 0 && since[row]! >= before ? since[row]! : at[row]!;
  }

  #isIn(row: number, visit: number): boolean {
    const { stage, pipeline } = this.#history;
    const first = this.#first[visit]!;
    return stage[row] === stage[first] && pipeline[row] === pipeline[first];
  }

  #push(row: number): void {
    const { at, since } = this.#history;
    const isFirst = this.#count === this.#begin;
    const entered = isFirst ? Math.max(at[row]!, since[row]!) : this.#enteredAt(row);
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
