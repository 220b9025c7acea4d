/** Moments counted from a date: a distance before or after it, at a time of day, and in every year if asked. */
import {
  addDays,
  addMonths,
  DAY,
  dayFromNumber,
  dayNumber,
  LAST_DAY,
  parseDuration,
  weekdayOf,
} from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import { type Holidays, isWorkday } from '../domain/workdays.ts';
import type { Zone } from '../domain/zone.ts';

/** A distance from a date. */
export interface Offset {
  /** Months of the calendar, counted from the date itself: a month that is too short gives its last day. */
  readonly months: number;
  /** Days of the calendar where the date is a day, each 24 hours where it is an instant. */
  readonly days: number;
  readonly ms: number;
}

const NONE: Offset = { months: 0, days: 0, ms: 0 };

/** Reads `-3d`, `+2w`, `-1mo`, `1y` or `-6h`; anything else is a usage error. */
export function parseOffset(text: string): Offset {
  const match = /^([+-]?)(.*)$/.exec(text.trim())!;
  const sign = match[1] === '-' ? -1 : 1;
  let ms: number;
  try {
    ms = parseDuration(match[2]!) * sign;
  } catch {
    throw usage(
      `${JSON.stringify(text)} is not a distance in time`,
      'accepted: -3d, +2w, -1mo, +1y, 6h or -30min',
    );
  }
  const count = Number.parseInt(match[2]!, 10) * sign;
  if (/mo$/.test(match[2]!)) return { ...NONE, months: count };
  if (/y$/.test(match[2]!)) return { ...NONE, months: count * 12 };
  return /[dw]$/.test(match[2]!) ? { ...NONE, days: ms / DAY } : { ...NONE, ms };
}

/** The position of a moment relative to a date. */
export interface FromDate {
  readonly offset: Offset;
  /** The time of that day, `HH:MM`; left out: midnight for a day, the time that an instant has. */
  readonly at: string | undefined;
  /** Whether it comes again in each year after the date's. */
  readonly isYearly: boolean;
}

export const fromDate = ({
  offset,
  at,
  every,
}: {
  readonly offset?: unknown;
  readonly at?: unknown;
  readonly every?: unknown;
}): FromDate => ({
  offset: typeof offset === 'string' ? parseOffset(offset) : NONE,
  at: typeof at === 'string' ? at : undefined,
  isYearly: every === 'year',
});

/**
 * Returns the moment (ms) for a day, given as days since 1970; `time` is the time of the date itself, if it has one.
 */
export function momentFromDay(
  number: number,
  { offset, at }: FromDate,
  zone: Zone,
  time?: string,
  years = 0,
): number {
  const day = moved(number, offset, years);
  const when = at ?? time;
  return (when === undefined ? zone.midnight(day) : zone.at(day, when)) + offset.ms;
}

const moved = (number: number, { months, days }: Offset, years: number): string =>
  addDays(addMonths(dayFromNumber(number), months + 12 * years), days);

/** Returns the moment (ms) for an instant, ms. */
export function momentFromInstant(instant: number, { offset, at }: FromDate, zone: Zone, years = 0): number {
  const { months } = offset;
  let from = instant;
  if (months + 12 * years !== 0) {
    const number = dayNumber(zone.day(instant));
    const time = zone.wall(instant) - number * DAY;
    from = zone.instant(dayNumber(moved(number, { ...offset, days: 0 }, years)) * DAY + time);
  }
  const moment = from + offset.days * DAY + offset.ms;
  return at === undefined ? moment : zone.at(zone.day(moment), at);
}

/** The mean length of a year and of a month in the calendar, ms. */
const YEAR = 365.2425 * DAY;
const MONTH = YEAR / 12;
/**
 * The greatest distance of a moment from this estimate: two days for zones and times of day, the rest for leap days
 * and months.
 */
const SLACK = 7 * DAY;
/** The end of the calendar, ms. */
const END = dayNumber(LAST_DAY) * DAY;

/** The moments of one date: `moment` returns its anniversary after N years, ms; `date` is the date itself, ms. */
export class DateMoments {
  readonly #from: FromDate;
  readonly #shift: number;

  constructor(from: FromDate) {
    this.#from = from;
    this.#shift = from.offset.months * MONTH + from.offset.days * DAY + from.offset.ms;
  }

  /** The last moment after `after` and not after `until`; undefined if there is none. */
  last(date: number, moment: (years: number) => number, after: number, until: number): number | undefined {
    const about = date + this.#shift;
    if (!(about <= until + SLACK)) return undefined;
    const years = this.#from.isYearly ? Math.floor((until + SLACK - about) / YEAR) : 0;
    // In few years is a moment near; that is decided by numbers alone, for all records of a kind.
    if (about + years * YEAR < after - SLACK) return undefined;
    for (let n = years; n >= 0 && n >= years - 1; n--) {
      const at = moment(n);
      if (at <= until) return at > after ? at : undefined;
    }
    return undefined;
  }

  /** The first moment after `after`; undefined if there is none. */
  next(date: number, moment: (years: number) => number, after: number): number | undefined {
    const { isYearly } = this.#from;
    const about = date + this.#shift;
    // A moment outside the calendar never comes.
    if (about > END - SLACK || (!isYearly && about < after - SLACK)) return undefined;
    const passed = isYearly ? Math.floor((after - SLACK - about) / YEAR) : 0;
    for (let n = Math.max(0, passed), tries = isYearly ? 3 : 1; tries > 0; n++, tries--) {
      const at = moment(n);
      if (at > after) return at;
    }
    return undefined;
  }
}

/** Words for days of the week; Monday is 0. */
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const WORKDAYS = 'workdays';
const DAYS = new Map<string, readonly number[]>([
  [WORKDAYS, [0, 1, 2, 3, 4]],
  ['weekends', [5, 6]],
  ...WEEK.map((name, day): [string, number[]] => [name, [day]]),
]);

export const dayWords: readonly string[] = [...DAYS.keys()];

/**
 * Returns the first moment from an instant on that lies on such a day, and at a time of day if one is given. Without
 * a time, it is the instant itself on its own day, and midnight on a later day.
 */
export function nextTime(
  from: number,
  at: string | undefined,
  on: string | undefined,
  zone: Zone,
  holidays: Holidays,
): number {
  const days = on === undefined ? undefined : DAYS.get(on);
  const fits = (day: string) =>
    on === WORKDAYS ? isWorkday(day, holidays) : !days || days.includes(weekdayOf(day));
  for (let day = zone.day(from); ; day = addDays(day, 1)) {
    const moment = at === undefined ? Math.max(from, zone.midnight(day)) : zone.at(day, at);
    if (moment >= from && fits(day)) return moment;
  }
}
