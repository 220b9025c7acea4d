import { escapePattern } from './escape-pattern.ts';
import { type CrmError, usage } from './errors.ts';

/**
 * A day is a string `YYYY-MM-DD` of the (proleptic) Gregorian calendar, years 0001 to 9999. An instant is a number
 * of ms since the epoch, as text UTC ISO 8601 with milliseconds. A duration is a number of ms.
 */

/** In which order a date has its year, month and day. */
export type DateOrder = 'DMY' | 'MDY' | 'YMD';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

// ---- days

const FIRST_DAY = '0001-01-01';
export const LAST_DAY = '9999-12-31';
const DAY_TEXT = /^(\d{4})-(\d\d)-(\d\d)$/;

/** Whether the text is a day that exists. */
export function isDay(text: string): boolean {
  return readDay(text) !== undefined;
}

/** Days since 1970-01-01. A day that does not exist is a usage error. */
export function dayNumber(day: string): number {
  const number = readDay(day);
  if (number === undefined)
    throw usage(`${JSON.stringify(day)} is not a day`, 'accepted: a day like 2026-12-01');
  return number;
}

const FIRST_NUMBER = dayNumber(FIRST_DAY);
const LAST_NUMBER = dayNumber(LAST_DAY);

/** The day that many days after 1970-01-01. Outside the calendar is a usage error. */
export function dayFromNumber(number: number): string {
  if (!(number >= FIRST_NUMBER && number <= LAST_NUMBER)) throw outsideCalendar();
  const date = new Date(number * DAY);
  return dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

/** `days` days later, or earlier where negative. */
export function addDays(day: string, days: number): string {
  return dayFromNumber(dayNumber(day) + days);
}

/** The same day of the month `months` later, or the last day of that month where it is shorter. */
export function addMonths(day: string, months: number): string {
  const { year, month, date } = partsOf(day);
  const count = year * 12 + (month - 1) + months;
  const toYear = Math.floor(count / 12);
  const toMonth = count - toYear * 12 + 1;
  if (!(toYear >= 1 && toYear <= 9999)) throw outsideCalendar();
  return dayOf(toYear, toMonth, Math.min(date, daysIn(toYear, toMonth)));
}

export function readDay(text: string): number | undefined {
  const match = DAY_TEXT.exec(text);
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const date = Number(match[3]);
  if (year < 1 || month < 1 || month > 12 || date < 1 || date > daysIn(year, month)) return undefined;
  return dayNumberOf(year, month, date);
}

/** Days since 1970-01-01 of a day that exists. */
export function dayNumberOf(year: number, month: number, date: number): number {
  // Counted in years that begin in March, so that a leap day is the last of its year (after Howard Hinnant).
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

/** How many days a month has. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The numbers of a day. */
export function partsOf(day: string): { year: number; month: number; date: number } {
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), date: Number(day.slice(8)) };
}

const two = (n: number) => String(n).padStart(2, '0');

/** The text of a day of such numbers, whether it exists or not. */
export function dayOf(year: number, month: number, date: number): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`;
}

/** The last day of the month that a day is in. */
export function monthEnd(day: string): string {
  const { year, month } = partsOf(day);
  return dayOf(year, month, daysIn(year, month));
}

function outsideCalendar(): CrmError {
  return usage('that is outside the calendar', `days are from ${FIRST_DAY} to ${LAST_DAY}`);
}

/** The day of the week: Monday is 0. */
export function weekdayOf(day: string): number {
  const number = dayNumber(day) + 3; // 1970-01-01 was a Thursday
  return number - Math.floor(number / 7) * 7;
}

// ---- instants

/** UTC ISO 8601 with milliseconds: 2026-05-03T09:30:00.000Z. Outside the calendar is a usage error. */
export function formatInstant(instant: number): string {
  if (!inCalendar(instant)) throw outsideCalendar();
  // toISOString makes V8 ask for the machine's time zone, which takes longer than everything else that a command
  // formats.
  const date = new Date(instant);
  const day = dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day}T${time}.${String(date.getUTCMilliseconds()).padStart(3, '0')}Z`;
}

/**
 * The instant of an ISO 8601 text with a time and Z or an offset, else undefined. Seconds and their fraction may be
 * left out; digits beyond a millisecond are cut off.
 */
export function parseInstant(text: string): number | undefined {
  return readInstant(text)?.instant;
}

const INSTANT_TEXT =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d)?)$/i;

/** Returns the same instant with the length of what the text names: a minute, a second or a millisecond. */
export function readInstant(text: string): { instant: number; length: number } | undefined {
  const match = INSTANT_TEXT.exec(text);
  if (match === null) return undefined;
  const [, day, hours, minutes, seconds, fraction, sign, offsetHours = 0, offsetMinutes = 0] = match;
  const number = readDay(day!);
  if (number === undefined) return undefined;
  const offset = Number(offsetHours) * HOUR + Number(offsetMinutes) * MINUTE;
  const instant =
    number * DAY +
    Number(hours) * HOUR +
    Number(minutes) * MINUTE +
    Number(seconds ?? 0) * SECOND +
    Number((fraction ?? '').padEnd(3, '0').slice(0, 3)) +
    (sign === '-' ? offset : -offset);
  if (!inCalendar(instant)) return undefined;
  return { instant, length: seconds === undefined ? MINUTE : fraction === undefined ? SECOND : 1 };
}

function inCalendar(instant: number): boolean {
  return instant >= FIRST_NUMBER * DAY && instant < (LAST_NUMBER + 1) * DAY;
}

// ---- durations

const DURATION_TEXT = /^(\d+)(min|h|d|w|mo|y)$/;
const DURATION_UNITS = new Map([
  ['min', MINUTE],
  ['h', HOUR],
  ['d', DAY],
  ['w', WEEK],
  // Exact, like all durations: only days follow the calendar.
  ['mo', 30 * DAY],
  ['y', 365 * DAY],
]);

/** Whether `parseDuration` takes the text. */
export function isDuration(text: string): boolean {
  return readDuration(text) !== undefined;
}

/** `14d`, `2w`, `6h`, `30min`, `3mo`, `1y` in ms: a day is 24 h, a month 30 days and a year 365, whatever the calendar does. All else is a usage error. */
export function parseDuration(text: string): number {
  const duration = readDuration(text);
  if (duration === undefined)
    throw usage(
      `${JSON.stringify(text)} is not a duration`,
      'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
    );
  return duration;
}

/** A duration in the largest unit that says it exactly: `7d`, `36h`; what `parseDuration` takes. */
export function durationText(ms: number): string {
  const [unit, size] = [...DURATION_UNITS].findLast(
    ([name, each]) => !['w', 'mo', 'y'].includes(name) && ms % each === 0,
  )!;
  return `${ms / size}${unit}`;
}

function readDuration(text: string): number | undefined {
  const match = DURATION_TEXT.exec(text.trim());
  if (match === null) return undefined;
  const duration = Number(match[1]) * DURATION_UNITS.get(match[2]!)!;
  return Number.isSafeInteger(duration) ? duration : undefined;
}

// ---- dates in imports

const FORMAT_PARTS = new Map([
  ['YYYY', { pattern: '(\\d{4})', example: '2026' }],
  ['YY', { pattern: '(\\d\\d)', example: '26' }],
  ['MM', { pattern: '(\\d\\d)', example: '12' }],
  ['M', { pattern: '(\\d\\d?)', example: '12' }],
  ['DD', { pattern: '(\\d\\d)', example: '31' }],
  ['D', { pattern: '(\\d\\d?)', example: '31' }],
]);

/**
 * A reader of dates in a format of YYYY or YY (20YY), MM or M (one digit or two), DD or D, and separators: `M/D/YYYY`.
 * The reader gives the day; a text that is not of the format, or no day, is a usage error, and so is a bad format.
 */
export function compileDateFormat(format: string): (text: string) => string {
  let pattern = '';
  let example = '';
  let order = '';
  let previous = '';
  for (const part of format.match(/Y+|M+|D+|[^YMD]+/g) ?? []) {
    const known = FORMAT_PARTS.get(part);
    if (known === undefined) {
      if (/[\p{L}\p{N}]/u.test(part)) throw badFormat(format);
      pattern += escapePattern(part);
    } else {
      // Only a separator shows whether a number has one digit or two.
      if (FORMAT_PARTS.has(previous) && (part.length === 1 || previous.length === 1)) throw badFormat(format);
      pattern += known.pattern;
      order += part.charAt(0);
    }
    example += known?.example ?? part;
    previous = part;
  }
  if ([...order].sort().join('') !== 'DMY') throw badFormat(format);

  const shape = new RegExp(`^\\s*${pattern}\\s*$`);
  const at = (part: string) => order.indexOf(part) + 1;
  const [yearAt, monthAt, dateAt] = [at('Y'), at('M'), at('D')];
  return text => {
    const match = shape.exec(text);
    if (match !== null) {
      const year = match[yearAt]!.padStart(4, '20');
      const day = `${year}-${match[monthAt]!.padStart(2, '0')}-${match[dateAt]!.padStart(2, '0')}`;
      if (isDay(day)) return day;
    }
    throw usage(
      `${JSON.stringify(text)} is not a date in the format ${format}`,
      `accepted: dates like ${example}`,
    );
  };
}

function badFormat(format: string): CrmError {
  return usage(
    `${JSON.stringify(format)} is not a date format`,
    'accepted: YYYY or YY, MM or M, DD or D, once each, with separators: M/D/YYYY, DD-MM-YY, YYYY-MM-DD',
  );
}
