/**
 * Reads days, periods and instants as people type them, for every argument and option that takes one. The accepted
 * forms are a closed list, which `crm help dates` prints.
 */
import type { Clock } from './clock.ts';
import {
  addDays,
  addMonths,
  type DateOrder,
  dayNumber,
  dayOf,
  isDay,
  LAST_DAY,
  monthEnd,
  partsOf,
  readInstant,
  weekdayOf,
} from './dates.ts';
import { type CrmError, usage } from './errors.ts';
import { nearest } from './nearest.ts';
import { periodAfter, type PeriodUnit, periodWith, quarterOf, yearOf } from './periods.ts';

/**
 * Which day a date without a year means: the next one for something that is set, the nearest past one for something
 * that happened, the nearest of both in a query.
 */
export type Toward = 'next' | 'past' | 'nearest';

/** The meaning of a text: an instant and the length of what it names, a time of day, or a first and a last day. */
type Meaning =
  | { readonly type: 'instant'; readonly instant: number; readonly length: number }
  | { readonly type: 'time'; readonly day: string; readonly time: string }
  | { readonly type: 'days'; readonly from: string; readonly to: string; readonly isDay: boolean };

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);

/** Words for a day, by what they mean today. Weeks end on Sunday. */
const DAY_WORDS = new Map<string, (today: string, yearStart?: number) => string>([
  ['today', today => today],
  ['tomorrow', today => addDays(today, 1)],
  ['yesterday', today => addDays(today, -1)],
  ['eow', today => addDays(today, 6 - weekdayOf(today))],
  ['eom', today => monthEnd(today)],
  ['eoq', (today, yearStart) => periodWith(today, 'quarter', yearStart).to],
  ['eoy', (today, yearStart) => periodWith(today, 'year', yearStart).to],
]);
const dayWords = [...DAY_WORDS.keys(), ...WEEKDAYS];
const periodWords = ['this', 'last', 'next'].flatMap(which =>
  ['week', 'month', 'quarter', 'year'].map(unit => `${which}-${unit}`),
);

const DAY_EXAMPLES =
  '2026-12-01, today, tomorrow, yesterday, monday, next friday, 3 dec, in 3 days, eow, eom, eoq, eoy, +2d, -2w, +1m, +1y';
const PERIOD_EXAMPLES = `${DAY_EXAMPLES}, this-month, last-quarter, 2026-12, 2026Q3, 2026`;
const INSTANT_EXAMPLES = '14:30, yesterday 14:30, 2026-12-01T09:30Z, now';

/**
 * Reads the day that a user means when setting one: `2026-12-01`, a word (`today`, `monday`: the next one after
 * today, `eom`: the end of this month, ...) or a distance from today on the calendar (`+2d`, `-2w`, `+1m`, `+1y`).
 */
export function parseDay(text: string, clock: Clock, toward: Toward = 'next'): string {
  const meant = meaningOf(text, clock, toward);
  if (meant?.type === 'days' && meant.isDay) return meant.from;
  if (meant?.type === 'time') throw noTime(text);
  throw notUnderstood(text, 'a day', DAY_EXAMPLES, dayWords);
}

/**
 * Reads the instant that a user means when setting one: `now`, a full ISO instant, a time of a day, or the midnight
 * of a day.
 */
export function parseWhen(text: string, clock: Clock, toward: Toward = 'next'): number {
  const meant = meaningOf(text, clock, toward);
  if (meant?.type === 'instant') return meant.instant;
  if (meant?.type === 'time') return clock.zone.at(meant.day, meant.time);
  if (meant?.isDay) return clock.zone.midnight(meant.from);
  throw notUnderstood(text, 'a day or an instant', `${DAY_EXAMPLES}, ${INSTANT_EXAMPLES}`, [
    ...dayWords,
    'now',
  ]);
}

/** When something is due: a day, and a time of that day if one is given. */
export interface Due {
  readonly day: string;
  /** `HH:MM`. */
  readonly time: string | undefined;
}

/** Reads when something is due: a day as for `parseDay`, with a time of day or without one. */
export function parseDue(text: string, clock: Clock): Due {
  const meant = meaningOf(text, clock, 'next');
  if (meant?.type === 'time') return meant;
  if (meant?.type === 'instant' && plain(text) !== 'now') {
    const { zone } = clock;
    return { day: zone.day(meant.instant), time: timeOf(zone.wall(meant.instant)) };
  }
  if (meant?.type === 'days' && meant.isDay) return { day: meant.from, time: undefined };
  throw notUnderstood(text, 'a day', `${DAY_EXAMPLES}, 14:30, tomorrow 14:30`, dayWords);
}

/** A time of day as it is stored: `9:00` is `09:00`. All else is a usage error. */
export function parseTime(text: string): string {
  const match = TIME.exec(text.trim());
  if (match) return `${match[1]!.padStart(2, '0')}:${match[2]}`;
  throw usage(`${JSON.stringify(text)} is not a time of day`, 'accepted: 00:00 to 23:59');
}

/** The days, both inclusive, that a query names: a day, a month `2026-12`, a quarter `2026Q3`, `last-quarter` or a year `2026`. */
export function parsePeriod(text: string, clock: Clock): { from: string; to: string } {
  const meant = meaningOf(text, clock, 'nearest');
  if (meant?.type === 'days') return { from: meant.from, to: meant.to };
  if (meant?.type === 'time') throw noTime(text);
  throw notUnderstood(text, 'a day, month, quarter or year', PERIOD_EXAMPLES, [...dayWords, ...periodWords]);
}

/**
 * The instants that a query names, `from` inclusive and `to` exclusive: the whole of a period, or the minute, second
 * or millisecond of an instant, by how exactly it is written.
 */
export function parseInstantRange(text: string, clock: Clock): { from: number; to: number } {
  const meant = meaningOf(text, clock, 'nearest');
  if (meant?.type === 'instant') return { from: meant.instant, to: meant.instant + meant.length };
  if (meant?.type === 'time') {
    const from = clock.zone.at(meant.day, meant.time);
    return { from, to: from + 60_000 };
  }
  if (meant === undefined)
    throw notUnderstood(text, 'a day, period or instant', `${PERIOD_EXAMPLES}, ${INSTANT_EXAMPLES}`, [
      ...dayWords,
      ...periodWords,
      'now',
    ]);
  return {
    from: clock.zone.midnight(meant.from),
    to: meant.to === LAST_DAY ? Number.POSITIVE_INFINITY : clock.zone.midnight(addDays(meant.to, 1)),
  };
}

/** `09:30` of what clocks show, ms. */
export function timeOf(wall: number): string {
  return new Date(wall).toISOString().slice(11, 16);
}

const plain = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;
/** A day and a time of it: `yesterday 14:30`, `fri, 9:00`, `2026-12-01T14:30`. */
const DAY_AND_TIME = /^(?:(.+?),? |(\d{4}-\d\d-\d\d)t)?((?:[01]?\d|2[0-3]):[0-5]\d)$/;

/**
 * Returns the meaning of a text; undefined if it is not in the list. A date that could be several days is a usage
 * error.
 */
function meaningOf(text: string, clock: Clock, toward: Toward): Meaning | undefined {
  const word = plain(text);
  if (word === 'now') return { type: 'instant', instant: clock.now, length: 1 };
  const read = readInstant(word);
  if (read !== undefined) return { type: 'instant', ...read };
  const timed = DAY_AND_TIME.exec(word);
  if (timed) {
    const day = dayMeant(timed[1] ?? timed[2] ?? 'today', clock, toward);
    return day === undefined ? undefined : { type: 'time', day, time: parseTime(timed[3]!) };
  }
  const period = periodMeant(word, clock);
  if (period) return { type: 'days', ...period, isDay: false };
  const day = dayMeant(word, clock, toward);
  return day === undefined ? undefined : { type: 'days', from: day, to: day, isDay: true };
}

const todayAt = ({ now, zone }: Clock): string => zone.day(now);

function dayMeant(word: string, clock: Clock, toward: Toward): string | undefined {
  if (isDay(word)) return word;
  const today = () => todayAt(clock);
  const named = DAY_WORDS.get(word);
  if (named !== undefined) return named(today(), clock.yearStart);
  return (
    weekdayMeant(word, today, toward) ??
    distanceMeant(word, today) ??
    namedMonth(word, today, toward) ??
    threeNumbers(word, clock.order)
  );
}

/** `friday`, `fri`, `next friday`: the one after today; `last friday`, and `friday` of what happened: before today. */
function weekdayMeant(word: string, today: () => string, toward: Toward): string | undefined {
  const match = /^(?:(next|last) )?([a-z]+)$/.exec(word);
  if (!match) return undefined;
  const [, which, name] = match;
  const weekday = WEEKDAYS.findIndex(each => each === name || each.slice(0, 3) === name);
  if (weekday < 0) return undefined;
  const ahead = (weekday - weekdayOf(today()) + 7) % 7;
  const isPast = which === undefined ? toward === 'past' : which === 'last';
  return addDays(today(), isPast ? ahead - 7 : ahead || 7);
}

/** `+2d`, `-2w`, `+1m`, `+1mo`, `+1y`, `in 3 days`, `3 days ago`. */
function distanceMeant(word: string, today: () => string): string | undefined {
  const short = /^([+-]\d+)(d|w|mo|m|y)$/.exec(word);
  if (short) return along(today(), Number(short[1]), short[2]!);
  const long = /^(?:in (\d+) (day|week|month|year)s?|(\d+) (day|week|month|year)s? ago)$/.exec(word);
  if (!long) return undefined;
  const [, ahead, aheadUnit, back, backUnit] = long;
  return along(today(), ahead === undefined ? -Number(back) : Number(ahead), aheadUnit ?? backUnit!);
}

/** Returns the day N days, weeks, months or years later, by the first letter of the unit. */
function along(day: string, count: number, unit: string): string {
  switch (unit[0]) {
    case 'd':
      return addDays(day, count);
    case 'w':
      return addDays(day, count * 7);
    case 'm':
      return addMonths(day, count);
    default:
      return addMonths(day, count * 12);
  }
}

/** `3 dec`, `dec 3`, `3 december 2026`, `Dec 3, 2026`, `3-dec-2026`. */
function namedMonth(word: string, today: () => string, toward: Toward): string | undefined {
  const match =
    /^(?<date>\d{1,2})\.?[ -](?<month>\p{L}+)\.?(?:,?[ -](?<year>\d{4}))?$/u.exec(word) ??
    /^(?<month>\p{L}+)\.?[ -](?<date>\d{1,2})(?:(?:, ?|[ -])(?<year>\d{4}))?$/u.exec(word);
  if (!match) return undefined;
  const { date, month, year } = match.groups as { date: string; month: string; year?: string };
  const name = month === 'sept' ? 'september' : month;
  const of = MONTHS.findIndex(each => each === name || each.slice(0, 3) === name) + 1;
  if (of === 0) return undefined;
  if (year !== undefined) return dayIf(Number(year), of, Number(date));
  return withoutYear(of, Number(date), today(), toward);
}

/** Returns the day that such a date means; undefined if no year has it. */
function withoutYear(month: number, date: number, today: string, toward: Toward): string | undefined {
  const { year } = partsOf(today);
  const found = (step: 1 | -1): string | undefined => {
    // A leap day is at most 8 years away.
    for (let n = 0; n <= 8; n++) {
      const day = dayIf(year + n * step, month, date);
      if (day !== undefined && (step > 0 ? day >= today : day <= today)) return day;
    }
    return undefined;
  };
  if (toward !== 'nearest') return found(toward === 'next' ? 1 : -1);
  const [ahead, back] = [found(1), found(-1)];
  if (ahead === undefined || back === undefined) return ahead ?? back;
  const now = dayNumber(today);
  return dayNumber(ahead) - now <= now - dayNumber(back) ? ahead : back;
}

function dayIf(year: number, month: number, date: number): string | undefined {
  const day = dayOf(year, month, date);
  return isDay(day) ? day : undefined;
}

/** Returns the days that a text of three numbers can mean, by the order of its parts; empty for any other text. */
export function readings(text: string): Map<DateOrder, string> {
  const found = new Map<DateOrder, string>();
  const match = THREE_NUMBERS.exec(text.trim());
  if (!match) return found;
  const [, a, b, c] = match as unknown as [string, string, string, string];
  const add = (order: DateOrder, year: string, month: string, date: string) => {
    if (year.length % 2 === 1) return;
    const day = `${year.padStart(4, '20')}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
    if (isDay(day)) found.set(order, day);
  };
  add('DMY', c, b, a);
  add('MDY', c, a, b);
  add('YMD', a, b, c);
  return found;
}

const THREE_NUMBERS = /^(\d{1,4})[-/. ]\s?(\d{1,2})[-/. ]\s?(\d{1,4})\.?$/;

/** How dates are written in each order. */
export const orderNames: Readonly<Record<DateOrder, string>> = {
  DMY: 'D/M/YYYY',
  MDY: 'M/D/YYYY',
  YMD: 'YYYY-M-D',
};

/** `31/12/2026`, `31-12-26`, `31.12.2026` in the workspace's order; `2026/12/31`, which has one reading, in any. */
function threeNumbers(text: string, order: DateOrder | undefined): string | undefined {
  const shape = THREE_NUMBERS.exec(text);
  if (!shape) return undefined;
  const read = readings(text);
  if (read.size === 0) return undefined;
  if (shape[1]!.length === 4) return read.get('YMD');
  const wanted = order && read.get(order);
  if (wanted !== undefined) return wanted;
  if (order !== undefined)
    throw usage(
      `${JSON.stringify(text)} is not a date in the order of the workspace's locale (${orderNames[order]})`,
      'accepted in any workspace: 2026-12-31',
    );
  const asRead = (['DMY', 'MDY'] as const).map(
    each => `${read.get(each) ?? 'no such day'} as ${orderNames[each]}`,
  );
  throw usage(
    `${JSON.stringify(text)} is ${asRead.join(' and ')}, and the workspace does not say which`,
    'write 2026-12-31, or set the order in crm.yaml: locale: en-GB (D/M/YYYY) or locale: en-US (M/D/YYYY)',
  );
}

/** A year, month, quarter, or one of them that is counted from today. */
function periodMeant(word: string, clock: Clock): { from: string; to: string } | undefined {
  const named = /^(this|last|next)[- ](week|month|quarter|year)$/.exec(word);
  if (named) {
    const step = { this: 0, last: -1, next: 1 }[named[1] as 'this'];
    return periodAfter(todayAt(clock), named[2] as PeriodUnit, step, clock.yearStart);
  }
  const match = /^(\d{4})(?:-(0[1-9]|1[0-2])|-?q([1-4]))?$/.exec(word);
  if (match === null || match[1] === '0000') return undefined;
  const [, year, month, quarter] = match;
  if (month !== undefined) return periodWith(dayOf(Number(year), Number(month), 1), 'month');
  if (quarter !== undefined) return quarterOf(Number(year), Number(quarter), clock.yearStart);
  return yearOf(Number(year), clock.yearStart);
}

/** The hint repeats the day as it was typed, because a query is checked without a clock. */
function noTime(text: string): CrmError {
  const day = text.replace(/[ T]*\d{1,2}:\d{2}\s*$/i, '').trim() || 'today';
  return usage(
    `${JSON.stringify(text)} is not a day: it has a time of day`,
    `accepted: ${day}; a time of day goes with an instant or a task's due`,
  );
}

function notUnderstood(text: string, noun: string, examples: string, words: readonly string[]): CrmError {
  const word = plain(text);
  const near = /^\d+(d|w|mo|m|y)$/.test(word) ? `+${word}` : nearest(word, words);
  const accepted = `accepted: ${examples} (crm help dates)`;
  return usage(
    `${JSON.stringify(text)} is not ${noun}`,
    near === undefined ? accepted : `did you mean ${near}? ${accepted}`,
  );
}
