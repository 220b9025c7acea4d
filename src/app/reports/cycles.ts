/** Measures how long deals took from creation to closing, and to leave each stage. */
import {
  CREATION_UNKNOWN,
  type DealHistory,
  IN_TRASH,
  OPEN,
  STATUS,
  VOID,
  WON,
} from '../../state/deal-history.ts';
import { ExactSum } from '../../state/exact-sum.ts';
import { STILL, type Visits } from '../../state/visits.ts';
import { unknownEntriesOf } from './stage-entries.ts';

/** Deals of one group and currency. */
export interface Cycles {
  open: number;
  won: number;
  lost: number;
  /** In minor units. */
  readonly wonUnits: ExactSum;
  readonly lostUnits: ExactSum;
  /** Of won deals from creation to closing, in milliseconds, where the creation is known. */
  readonly times: number[];
  /** Won deals of which it is not known. */
  unknown: number;
}

export interface CyclesAsked {
  /** The range of closing times: from the first instant up to, not including, the second. */
  readonly from: number;
  readonly to: number;
  readonly until: number;
  /** A number for the group and currency of a deal, by its last row; below 0 if it does not count. */
  keyOf(row: number): number;
  unitsOf(row: number): number | bigint;
}

/** Returns the deals that were decided in some days, by key, and the open ones. */
export function cyclesIn(history: DealHistory, asked: CyclesAsked): Map<number, Cycles> {
  const { at, status, flags, runs } = history;
  const cycles = new Map<number, Cycles>();
  for (let i = 0; i < runs.begin.length; i++) {
    const begin = runs.begin[i]!;
    let last = runs.end[i]! - 1;
    while (last >= begin && at[last]! > asked.until) last--;
    if (last < begin || (flags[begin]! & VOID) !== 0 || (status[last]! & IN_TRASH) !== 0) continue;
    const isOpen = status[last] === OPEN;
    const closed = isOpen ? Number.NaN : closingOf(history, begin, last);
    if (!isOpen && !(closed >= asked.from && closed < asked.to)) continue;
    const key = asked.keyOf(last);
    if (key < 0) continue;
    let known = cycles.get(key);
    if (!known) cycles.set(key, (known = nothing()));
    if (isOpen) known.open++;
    else if ((status[last]! & STATUS) === WON) {
      known.won++;
      known.wonUnits.add(asked.unitsOf(last));
      if ((flags[begin]! & CREATION_UNKNOWN) !== 0) known.unknown++;
      else known.times.push(closed - at[begin]!);
    } else {
      known.lost++;
      known.lostUnits.add(asked.unitsOf(last));
    }
  }
  return cycles;
}

const nothing = (): Cycles => ({
  open: 0,
  won: 0,
  lost: 0,
  wonUnits: new ExactSum(),
  lostUnits: new ExactSum(),
  times: [],
  unknown: 0,
});

/** Since when the deal of these rows is closed. */
function closingOf({ status, at }: DealHistory, begin: number, last: number): number {
  let row = last;
  while (row > begin && (status[row - 1]! & STATUS) !== OPEN) row--;
  return at[row]!;
}

/** Returns how long visits took that ended in some days, in milliseconds, by `keyOf` of the row that began each. */
export function staysIn(
  history: DealHistory,
  visits: Visits,
  asked: Omit<CyclesAsked, 'unitsOf'>,
): Map<number, number[]> {
  const { count, first, entered, left, how } = visits;
  const isUnknown = unknownEntriesOf(history);
  const stays = new Map<number, number[]>();
  for (let visit = 0; visit < count; visit++) {
    if (how[visit] === STILL || !(left[visit]! >= asked.from && left[visit]! < asked.to)) continue;
    const row = first[visit]!;
    if (isUnknown(row)) continue;
    const key = asked.keyOf(row);
    if (key < 0) continue;
    const known = stays.get(key);
    if (known) known.push(left[visit]! - entered[visit]!);
    else stays.set(key, [left[visit]! - entered[visit]!]);
  }
  return stays;
}
