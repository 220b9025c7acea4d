/** In which period rows are, by a column of days or of instants: the period that each is in is found by halving. */
import type { RowKeys } from '../reading/rows.ts';
import type { Clock } from '../../domain/clock.ts';
import { addDays, dayNumber } from '../../domain/dates.ts';
import type { Days } from '../../domain/periods.ts';
import type { NumberColumn } from '../../state/columns/column.ts';

/** Stretches of numbers in order: each has its first number, and not its end. */
interface Stretches {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

function stretches(periods: readonly Days[], from: (day: string) => number): Stretches {
  return {
    starts: Float64Array.from(periods, period => from(period.from)),
    ends: Float64Array.from(periods, period => from(addDays(period.to, 1))),
  };
}

/** Returns the index of the stretch that a number is in; -1 where it is in none of them. */
function placeIn({ starts, ends }: Stretches, value: number): number {
  if (!(value >= starts[0]!)) return -1;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return value < ends[low]! ? low : -1;
}

function fillPlaces(keys: Int32Array, rows: Int32Array, values: Float64Array, of: Stretches): void {
  for (let i = 0; i < rows.length; i++) keys[i] = placeIn(of, values[rows[i]!]!);
}

function keysIn(of: Stretches, column: NumberColumn): RowKeys {
  return {
    size: of.starts.length,
    of: row => placeIn(of, column.get(row)),
    fill: (keys, rows) => fillPlaces(keys, rows, column.all(), of),
  };
}

const byZone =
  ({ zone }: Clock) =>
  (day: string): number =>
    zone.midnight(day);

/** The index of the period that each row's day is in; -1 where it is in none of them. */
export const keysByDay = (periods: readonly Days[], column: NumberColumn): RowKeys =>
  keysIn(stretches(periods, dayNumber), column);

/** The index of the period that each row's instant is in, in the zone of the clock; -1 where it is in none of them. */
export const keysByInstant = (periods: readonly Days[], column: NumberColumn, clock: Clock): RowKeys =>
  keysIn(stretches(periods, byZone(clock)), column);

/** Returns the index of the period that a day (its number) is in; -1 where it is in none of them. */
export function indexByDay(periods: readonly Days[]): (day: number) => number {
  const of = stretches(periods, dayNumber);
  return day => placeIn(of, day);
}
