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
  /** For each deal of the history's runs, the number of the visit after its last one. */
  readonly end: Int32Array;
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

/**
 * Walks the rows of each deal. Deals that were in the trash, or of which something was undone, need a `Walk`. For all others
 * this loop makes the same visits and hardly calls anything: most of it runs before V8 has compiled it, when calls cost most.
 */
function walked(history: DealHistory, until: number): Visits {
  const { at, since, status, undoes, stage, pipeline, flags, runs } = history;
  const visits = roomFor(rowsOfRuns(runs), runs.begin.length);
  const { first, last, entered, left, how, end: ends } = visits;
  let walk: Walk | undefined;
  let count = 0;
  for (let i = 0; i < ends.length; i++) {
    const begin = runs.begin[i]!;
    let end = runs.end[i]!;
    while (end > begin && at[end - 1]! > until) end--;
    if ((flags[begin]! & VOID) !== 0) end = begin;
    const before = count;
    for (let row = begin; row < end; row++) {
      const is = status[row]!;
      if ((is & IN_TRASH) !== 0 || undoes[row]! > 0) {
        walk ??= new Walk(history, visits);
        count = walk.deal(begin, end, before);
        break;
      }
      const wasOpen = row > begin && status[row - 1] === OPEN;
      const isThere = wasOpen && stage[row] === stage[row - 1] && pipeline[row] === pipeline[row - 1];
      if (row === begin || (is === OPEN && !isThere)) {
        entered[count] = row === begin ? Math.max(at[row]!, since[row]!) : at[row]!;
        if (wasOpen) {
          how[count - 1] = MOVED;
          left[count - 1] = Math.max(entered[count]!, entered[count - 1]!);
        }
        left[count] = Number.NaN;
        how[count] = STILL;
        first[count] = row;
        last[count++] = row;
      } else if (isThere) last[count - 1] = row;
      if (is === OPEN) continue;
      if (how[count - 1] === STILL) left[count - 1] = Math.max(at[row]!, entered[count - 1]!);
      how[count - 1] = endedAs(is);
    }
    ends[i] = count;
  }
  return upTo(count, visits);
}

/** Returns memory for visits of deals, which have at most as many visits as rows. */
function roomFor(rows: number, deals: number): Visits {
  return {
    count: 0,
    first: new Int32Array(rows),
    last: new Int32Array(rows),
    entered: new Float64Array(rows),
    left: new Float64Array(rows),
    how: new Uint8Array(rows),
    end: new Int32Array(deals),
  };
}

/** Returns visits whose arrays end with the last of `count` visits. */
const upTo = (count: number, { first, last, entered, left, how, end }: Visits): Visits => ({
  count,
  first: first.subarray(0, count),
  last: last.subarray(0, count),
  entered: entered.subarray(0, count),
  left: left.subarray(0, count),
  how: how.subarray(0, count),
  end,
});

/** Writes the visits of any deal, row by row. */
class Walk {
  // A column of a history is a getter: it is called once here, and not for each row.
  readonly #at: Numbers;
  readonly #since: Numbers;
  readonly #tx: Numbers;
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

  constructor(history: DealHistory, visits: Visits) {
    const { at, since, tx, status, undoes, stage, pipeline } = history;
    this.#tx = tx;
    this.#at = at;
    this.#since = since;
    this.#status = status;
    this.#undoes = undoes;
    this.#stage = stage;
    this.#pipeline = pipeline;
    this.#first = visits.first;
    this.#last = visits.last;
    this.#entered = visits.entered;
    this.#left = visits.left;
    this.#how = visits.how;
  }

  /** Writes the visits of a deal from number `begin` on, by its rows from `first` up to `end`; returns the number of the next visit. */
  deal(first: number, end: number, begin: number): number {
    this.#begin = begin;
    this.#count = begin;
    for (let row = first; row < end; row++) this.#step(row);
    return this.#count;
  }

  #step(row: number): void {
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
    let top = this.#count - 1;
    for (; top > this.#begin && this.#tx[this.#first[top]!]! >= undone; top--) {
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
}

const endedAs = (status: number): number => ((status & STATUS) === WON ? WON_THERE : LOST_THERE);
