/** Compares each type of value: turns the operator and values of a term into a test of a row's value. */
import { type Calendar, type Clock, clockIn } from '../domain/clock.ts';
import {
  DAY,
  dayFromNumber,
  dayNumber,
  formatInstant,
  HOUR,
  MINUTE,
  parseDuration,
  SECOND,
} from '../domain/dates.ts';
import { requireExact } from '../domain/decimal.ts';
import { usage } from '../domain/errors.ts';
import { parseInstantRange, parsePeriod } from '../domain/typed-dates.ts';
import type { Operator, Term } from './parse.ts';

export type Compare = (value: number) => boolean;

/** The stretch of the number line that a value names, ends included. */
type Stretch = (text: string) => readonly [from: number, to: number];

/** The meaning of `:`, `<`, `..` and the other operators for the stretch of a value. */
function compare(term: Term, stretch: Stretch): Compare {
  const any = (tests: Compare[]): Compare =>
    tests.length === 1 ? tests[0]! : value => tests.some(test => test(value));
  const one = (operator: Operator, text: string): Compare => {
    const [from, to] = stretch(text);
    switch (operator) {
      case '>':
        return value => value > to;
      case '>=':
        return value => value >= from;
      case '<':
        return value => value < from;
      case '<=':
        return value => value <= to;
      default:
        return value => value >= from && value <= to;
    }
  };
  if (term.operator === '..') {
    const [low, high] = term.values as [string, string];
    const from = low === '' ? Number.NEGATIVE_INFINITY : stretch(low)[0];
    const to = high === '' ? Number.POSITIVE_INFINITY : stretch(high)[1];
    return value => value >= from && value <= to;
  }
  return any(term.values.map(text => one(term.operator, text)));
}

/** Refuses a range that ends before it begins in every way to read it. */
function refuseReversed({ operator, source, field, values }: Term, ...stretches: Stretch[]): void {
  const [low, high] = values as [string, string];
  if (operator === '..' && low !== '' && high !== '' && stretches.every(s => s(low)[0] > s(high)[1]))
    throw usage(`${source}: the range ends before it begins`, `${field}:${high}..${low}`);
}

const NUMBER = /^([+-]?\d+(?:\.\d+)?)([km]?)$/i;

/** Shifting the decimal point in the text keeps 1.1k exact. */
const shifted = ([, digits, suffix]: RegExpExecArray): string =>
  `${digits}e${{ '': 0, k: 3, m: 6 }[suffix!.toLowerCase()]}`;

/** Returns the number of a text, with the precision of a double; NaN if the text is not a number. */
export function numberIn(text: string): number {
  const match = NUMBER.exec(text.trim());
  return match ? Number(shifted(match)) : Number.NaN;
}

/** A number as it is typed in a query (`1500`, `10k`, `2.5m`), as a decimal with all its digits; USAGE if it is not one. */
export function decimalIn(text: string, field: string): string {
  const match = NUMBER.exec(text.trim());
  if (!match)
    throw usage(`${field}: ${JSON.stringify(text)} is not a number`, 'accepted: 1200, 0.5, 10k or 2m');
  return shifted(match);
}

const numberStretch =
  (field: string): Stretch =>
  text => {
    const number = requireExact(decimalIn(text, field), text);
    return [number, number];
  };

export function compareNumbers(term: Term): Compare {
  refuseReversed(term, numberStretch(term.field));
  return compare(term, numberStretch(term.field));
}

/** Durations are exact; `idle:30d` is any moment of the thirtieth day. */
export function compareDurations(term: Term): Compare {
  const exact = term.operator !== ':';
  const stretch: Stretch = text => {
    const duration = parseDuration(text);
    return [duration, exact ? duration : duration + (duration % DAY === 0 ? DAY : HOUR) - 1];
  };
  refuseReversed(term, stretch);
  return compare(term, stretch);
}

/** Instants: a day, month or quarter means the whole of it. */
const instantStretch =
  (clock: Clock): Stretch =>
  text => {
    const { from, to } = parseInstantRange(text, clock);
    return [from, to - 1];
  };

const dayStretch =
  (clock: Clock): Stretch =>
  text => {
    const { from, to } = parsePeriod(text, clock);
    return [dayNumber(from), dayNumber(to)];
  };

export const compareInstants = (term: Term, clock: Clock): Compare => compare(term, instantStretch(clock));
export const compareDays = (term: Term, clock: Clock): Compare => compare(term, dayStretch(clock));

/**
 * Times long ago and far ahead, in all parts of a year: whether `tomorow` is a day does not depend on the time, but
 * whether a range is reversed may.
 */
const someTimes = (calendar: Calendar): readonly [Clock, ...Clock[]] => {
  const at = (day: string): Clock => clockIn({ ...calendar, timezone: 'UTC' }, Date.parse(day));
  return [at('1970-01-01'), ...['9000-01-01', '9000-04-01', '9000-07-01', '9000-10-01'].map(at)];
};

/** Throws USAGE if a term on instants is wrong at every time. */
export function checkInstants(term: Term, calendar: Calendar): void {
  const times = someTimes(calendar);
  compareInstants(term, times[0]);
  refuseReversed(term, ...times.map(instantStretch));
}

/** Throws USAGE if a term on days is wrong at every time. */
export function checkDays(term: Term, calendar: Calendar): void {
  const times = someTimes(calendar);
  compareDays(term, times[0]);
  refuseReversed(term, ...times.map(dayStretch));
}

/** Refuses comparisons of a type without an order. */
export function onlyEquals(term: Term): void {
  if (term.operator !== ':' && term.operator !== '=')
    throw usage(
      `${term.source}: ${term.field} has no order`,
      `${term.field}:value, or ${term.field}:a,b for any of them`,
    );
}

export const showNumber = (value: number): string => (Number.isNaN(value) ? 'none' : String(value));
export const showInstant = (value: number): string => (Number.isNaN(value) ? 'none' : formatInstant(value));
export const showDay = (value: number): string => (Number.isFinite(value) ? dayFromNumber(value) : 'none');

const units = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
  ['ms', 1],
] as const;

/**
 * Formats a duration with its two largest units that are not 0, such as `34d 6h` or `30d 5ms`, so that a remainder
 * beyond whole days shows.
 */
export function showDuration(value: number): string {
  if (Number.isNaN(value)) return 'none';
  if (value < 0) return `-${showDuration(-value)}`;
  const parts: string[] = [];
  let rest = value;
  for (const [unit, ms] of units) {
    const count = Math.floor(rest / ms);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * ms;
  }
  return parts.slice(0, 2).join(' ') || '0h';
}
