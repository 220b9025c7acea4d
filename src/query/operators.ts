/** How each type of value is compared: from a term's operator and values to a test of what a row has. */
import {
  type Clock,
  DAY,
  dayFromNumber,
  dayNumber,
  formatInstant,
  parseDuration,
  parseInstantRange,
  parsePeriod,
} from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import type { Operator, Term } from './parse.ts';

export type Compare = (value: number) => boolean;

/** Stretches of a number line, ends included; what `:`, `<`, `..` and the others say of a value's stretch. */
function compare(term: Term, stretch: (text: string) => readonly [number, number]): Compare {
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
    if (from > to)
      throw usage(`${term.source}: the range ends before it begins`, `${term.field}:${high}..${low}`);
    return value => value >= from && value <= to;
  }
  return any(term.values.map(text => one(term.operator, text)));
}

/** A number as it is typed in a query: `1500`, `10k`, `2.5m`. */
export function parseNumber(text: string, field: string): number {
  const match = /^([+-]?\d+(?:\.\d+)?)([km]?)$/i.exec(text.trim());
  if (!match)
    throw usage(`${field}: ${JSON.stringify(text)} is not a number`, 'accepted: 1200, 0.5, 10k or 2m');
  // Shifting the decimal point in the text keeps 1.1k exact.
  const exponent = { '': 0, k: 3, m: 6 }[match[2]!.toLowerCase()];
  return Number(`${match[1]}e${exponent}`);
}

export function compareNumbers(term: Term): Compare {
  return compare(term, text => {
    const number = parseNumber(text, term.field);
    return [number, number];
  });
}

/** Durations are exact; `idle:30d` is any moment of the thirtieth day. */
export function compareDurations(term: Term): Compare {
  const exact = term.operator !== ':';
  return compare(term, text => {
    const duration = parseDuration(text);
    return [duration, exact ? duration : duration + (duration % DAY === 0 ? DAY : 3_600_000) - 1];
  });
}

/** Instants: a day, month or quarter is the whole of it. */
export function compareInstants(term: Term, clock: Clock): Compare {
  return compare(term, text => {
    const { from, to } = parseInstantRange(text, clock);
    return [from, to - 1];
  });
}

export function compareDays(term: Term, clock: Clock): Compare {
  return compare(term, text => {
    const { from, to } = parsePeriod(text, clock);
    return [dayNumber(from), dayNumber(to)];
  });
}

/** Refuses operators that a type has no order for. */
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

/** `34d 6h`; whole hours are enough to explain. */
export function showDuration(value: number): string {
  if (Number.isNaN(value)) return 'none';
  const hours = Math.floor(value / 3_600_000);
  const days = Math.floor(hours / 24);
  const rest = hours % 24;
  return days === 0 ? `${rest}h` : rest === 0 ? `${days}d` : `${days}d ${rest}h`;
}
