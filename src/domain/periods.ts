/** Periods of the calendar: days, ISO weeks, months, and the quarters and years that a workspace's `year-start` moves. */
import { addDays, addMonths, dayNumber, dayOf, monthEnd, partsOf, weekdayOf } from './dates.ts';

export const periodUnits = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type PeriodUnit = (typeof periodUnits)[number];

/** Days, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A period with the name that reports give it: `2026-07-03`, `2026-W28`, `2026-07`, `2026-Q3`, `2026`. */
export interface Period extends Days {
  readonly key: string;
}

/** The month in which years begin unless a workspace says otherwise. */
const JANUARY = 1;

/** Returns the period that a day is in. A year is named by its first day; `yearStart` is a month, 1 to 12. */
export function periodWith(day: string, unit: PeriodUnit, yearStart: number = JANUARY): Period {
  switch (unit) {
    case 'day':
      return { key: day, from: day, to: day };
    case 'week': {
      const from = addDays(day, -weekdayOf(day));
      return { key: weekKey(from), from, to: addDays(from, 6) };
    }
    case 'month': {
      const { year, month } = partsOf(day);
      return { key: day.slice(0, 7), ...months(dayOf(year, month, 1), 1) };
    }
    case 'quarter': {
      const { first, at } = inYear(day, yearStart);
      const quarter = Math.floor(at / 3);
      return { key: `${first.slice(0, 4)}-Q${quarter + 1}`, ...months(addMonths(first, quarter * 3), 3) };
    }
    case 'year': {
      const { first } = inYear(day, yearStart);
      return { key: first.slice(0, 4), ...months(first, 12) };
    }
  }
}

/** Returns the period that is `steps` later than the one that a day is in, or earlier where negative. */
export function periodAfter(day: string, unit: PeriodUnit, steps: number, yearStart?: number): Period {
  const { from } = periodWith(day, unit, yearStart);
  return periodWith(
    unit === 'day' || unit === 'week'
      ? addDays(from, steps * (unit === 'week' ? 7 : 1))
      : addMonths(from, steps * monthsIn[unit]),
    unit,
    yearStart,
  );
}

const monthsIn = { month: 1, quarter: 3, year: 12 } as const;

/** Returns the quarter of a year that is named by its first day. */
export function quarterOf(year: number, quarter: number, yearStart: number = JANUARY): Days {
  return months(addMonths(dayOf(year, yearStart, 1), (quarter - 1) * 3), 3);
}

/** Returns the year that begins in a calendar year. */
export const yearOf = (year: number, yearStart: number = JANUARY): Days =>
  months(dayOf(year, yearStart, 1), 12);

const months = (from: string, count: number): Days => ({ from, to: monthEnd(addMonths(from, count - 1)) });

/** The first day of the year that a day is in, and how many months after it the day's month is. */
function inYear(day: string, yearStart: number): { readonly first: string; readonly at: number } {
  const { year, month } = partsOf(day);
  const isBefore = month < yearStart;
  return { first: dayOf(isBefore ? year - 1 : year, yearStart, 1), at: (month - yearStart + 12) % 12 };
}

/** The name of an ISO week by its Monday: the year is the one that its Thursday is in. */
function weekKey(monday: string): string {
  const { year } = partsOf(addDays(monday, 3));
  const fourth = dayOf(year, 1, 4);
  const first = addDays(fourth, -weekdayOf(fourth));
  const week = (dayNumber(monday) - dayNumber(first)) / 7 + 1;
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}
