/** Moments that are counted from a date: so long before or after it, at a time of day. */
import { addDays, DAY, dayFromNumber, parseDuration, weekdayOf } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import type { Zone } from '../domain/zone.ts';

/** How far from a date. */
export interface Offset {
  /** Days of the calendar where the date is a day, each 24 hours where it is an instant. */
  readonly days: number;
  readonly ms: number;
}

const NONE: Offset = { days: 0, ms: 0 };

/** `-3d`, `+2w`, `3d` or `-6h`; all else is a usage error. */
export function parseOffset(text: string): Offset {
  const match = /^([+-]?)(.*)$/.exec(text.trim())!;
  let ms: number;
  try {
    ms = parseDuration(match[2]!) * (match[1] === '-' ? -1 : 1);
  } catch {
    throw usage(`${JSON.stringify(text)} is no distance in time`, 'accepted: -3d, +2w, 6h or -30min');
  }
  return /[dw]$/.test(match[2]!) ? { days: ms / DAY, ms: 0 } : { days: 0, ms };
}

/** Where a moment lies from a date. */
export interface FromDate {
  readonly offset: Offset;
  /** The time of that day, `HH:MM`; left out: midnight for a day, the time that an instant has. */
  readonly at: string | undefined;
}

export const fromDate = ({ offset, at }: { readonly offset?: unknown; readonly at?: unknown }): FromDate => ({
  offset: typeof offset === 'string' ? parseOffset(offset) : NONE,
  at: typeof at === 'string' ? at : undefined,
});

/** The moment (ms) that lies so from a day, given as days since 1970. */
export function momentFromDay(number: number, { offset, at }: FromDate, zone: Zone): number {
  const day = addDays(dayFromNumber(number), offset.days);
  return (at === undefined ? zone.midnight(day) : zone.at(day, at)) + offset.ms;
}

/** The same from an instant, ms. */
export function momentFromInstant(instant: number, { offset, at }: FromDate, zone: Zone): number {
  const moved = instant + offset.days * DAY + offset.ms;
  return at === undefined ? moved : zone.at(zone.day(moved), at);
}

/** Words for days of the week; Monday is 0. */
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const DAYS = new Map<string, readonly number[]>([
  ['workdays', [0, 1, 2, 3, 4]],
  ['weekends', [5, 6]],
  ...WEEK.map((name, day): [string, number[]] => [name, [day]]),
]);

export const dayWords: readonly string[] = [...DAYS.keys()];

/**
 * The first moment from an instant on that is on such a day, and at a time of day where one is given; on the instant's
 * own day that is the instant itself, on a later one the time or midnight.
 */
export function nextTime(from: number, at: string | undefined, on: string | undefined, zone: Zone): number {
  const days = on === undefined ? undefined : DAYS.get(on);
  for (let day = zone.day(from); ; day = addDays(day, 1)) {
    const moment = at === undefined ? Math.max(from, zone.midnight(day)) : zone.at(day, at);
    if (moment >= from && (!days || days.includes(weekdayOf(day)))) return moment;
  }
}
