/**
 * Reads dates in exports, with or without a time: by a format, by the order of a locale, or if only one reading is
 * possible.
 */
import type { Clock } from '../../domain/clock.ts';
import {
  compileDateFormat,
  type DateOrder,
  formatInstant,
  isDay,
  parseInstant,
  SECOND,
} from '../../domain/dates.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { withTime as dayWithTime } from '../../kinds/field-types.ts';
import { orderNames, parseDay, readings, timeOf } from '../../domain/typed-dates.ts';

/** A day of some year, which a person may type, and a file may not leave open. */
const WITHOUT_YEAR = /^(\d{1,2}\.?[ -]\p{L}+\.?|\p{L}+\.?[ -]\d{1,2})$/u;
/** The most texts whose day or instant is kept. */
const MOST_KEPT = 10_000;
/** The time after the day, in the workspace's zone. */
const TIME = /^(.*[^\s,]),?[ T]+(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?:\s*([ap])\.?m\.?)?$/i;
/** Returns the order that fits all texts that are dates; undefined if several or none fit. */
export function orderOf(texts: Iterable<string>): DateOrder | undefined {
  let possible: DateOrder[] | undefined;
  for (const text of texts) {
    const read = readings(TIME.exec(text.trim())?.[1] ?? text);
    if (read.size > 0) possible = (possible ?? ['DMY', 'MDY', 'YMD']).filter(order => read.has(order));
  }
  return possible?.length === 1 ? possible[0] : undefined;
}

export interface DateReader {
  /** The day, `YYYY-MM-DD`; of a text with a time, its day as written. */
  day(text: string): string;
  /** The day, and the time if the text has one other than midnight, which many programs write for no time. */
  due(text: string): string;
  /** The instant as it is stored: a time without a zone, or a day's midnight, in the workspace's zone. */
  instant(text: string): string;
}

/**
 * Returns a reader of dates by a format (`M/D/YYYY`), otherwise by an order, otherwise in the only possible way,
 * otherwise in the order of the workspace's locale. Without a locale, `01/02/2026` could be two days, which is USAGE,
 * like a text that is not a date.
 */
export function dateReader(
  clock: Clock,
  format: string | undefined,
  order: DateOrder | undefined,
): DateReader {
  const byFormat = format === undefined ? undefined : compileDateFormat(format);
  const dayOf = byFormat
    ? (text: string) => besideFormat(text, byFormat, orderIn(format!), clock)
    : (text: string) => anyDay(text, order, clock);
  const withTime = (text: string): { day: string; time: string; seconds: number } | undefined => {
    const match = TIME.exec(text);
    if (!match) return undefined;
    const [, day, hours, minutes, seconds = '0', half] = match as unknown as string[];
    let hour = Number(hours);
    if (hour > (half ? 12 : 23) || (half && hour === 0))
      throw usage(`${JSON.stringify(text)} has no time of day`, 'accepted: 14:30, 14:30:05 or 2:30 PM');
    if (half) hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
    const time = `${String(hour).padStart(2, '0')}:${minutes}`;
    return { day: dayOf(day!), time, seconds: Number(seconds) };
  };
  const day = (text: string): string => {
    const instant = parseInstant(text);
    if (instant !== undefined) return clock.zone.day(instant);
    return /\d:\d/.test(text) ? (withTime(text)?.day ?? dayOf(text)) : dayOf(text);
  };
  const instant = (text: string): string => {
    if (text === 'now') return formatInstant(clock.now);
    const instant = parseInstant(text);
    if (instant !== undefined) return formatInstant(instant);
    const read = /\d:\d/.test(text) ? withTime(text) : undefined;
    if (!read) return formatInstant(clock.zone.midnight(day(text)));
    return formatInstant(clock.zone.at(read.day, read.time) + read.seconds * SECOND);
  };
  return {
    day: readOnce(day),
    due(typed) {
      const text = typed.trim();
      const instant = parseInstant(text);
      if (instant !== undefined) return dueAt(clock.zone.day(instant), timeOf(clock.zone.wall(instant)));
      const read = /\d:\d/.test(text) ? withTime(text) : undefined;
      return read ? dueAt(read.day, read.time) : this.day(text);
    },
    instant: readOnce(instant),
  };
}

/** Returns a reader that reads each text once, without the blanks around it: few days come back in many rows. */
function readOnce(read: (text: string) => string): (typed: string) => string {
  const known = new Map<string, string>();
  return typed => {
    const text = typed.trim();
    let found = known.get(text);
    if (found === undefined) {
      found = read(text);
      if (known.size < MOST_KEPT) known.set(text, found);
    }
    return found;
  };
}

/** The order of the parts of a format. */
function orderIn(format: string): DateOrder | undefined {
  const parts = format
    .toUpperCase()
    .replace(/[^DMY]/g, '')
    .replace(/(.)\1+/g, '$1');
  return parts === 'DMY' || parts === 'MDY' || parts === 'YMD' ? parts : undefined;
}

/**
 * Reads a day by a format; texts with one meaning only, such as an ISO date or `3 Jan 2026`, are read with any
 * format.
 */
function besideFormat(
  text: string,
  byFormat: (text: string) => string,
  order: DateOrder | undefined,
  clock: Clock,
): string {
  try {
    return byFormat(text);
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    if (isDay(text)) return text;
    // With other separators, the numbers still have the given order.
    const read = order && readings(text).get(order);
    if (read !== undefined) return read;
    if (!/\p{L}{3}/u.test(text) || !/\d{4}/.test(text)) throw error;
    try {
      return parseDay(text, clock);
    } catch {
      throw error;
    }
  }
}

const dueAt = (day: string, time: string): string => (time === '00:00' ? day : dayWithTime(day, time));

function anyDay(text: string, order: DateOrder | undefined, clock: Clock): string {
  if (isDay(text)) return text;
  const read = readings(text);
  const [first] = read.values();
  if (first !== undefined) {
    const known = order ?? clock.order;
    const wanted = known && read.get(known);
    if (wanted !== undefined) return wanted;
    if (order !== undefined)
      throw usage(
        `${JSON.stringify(text)} is not a date in the order of the locale (${orderNames[order]})`,
        '--date-format says how dates are written',
      );
    if (new Set(read.values()).size === 1) return first;
    const formats = [...read].map(([each]) => formatLike(text, each));
    throw usage(
      `${JSON.stringify(text)} could be ${[...new Set(read.values())].join(' or ')}`,
      `say which: ${formats.map(format => `--date-format ${format}`).join(' or ')}`,
    );
  }
  if (WITHOUT_YEAR.test(text)) throw usage(`${JSON.stringify(text)} has no year`, 'accepted: 3 Jan 2026');
  try {
    return parseDay(text, clock);
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    throw usage(error.message, '--date-format says how dates are written: M/D/YYYY, DD-MM-YY');
  }
}

/** The format that reads a text of three numbers in an order, with its separators. */
export function formatLike(text: string, order: DateOrder): string {
  const [, a = '', separator = '-', second = separator, c = ''] =
    /^(\d+)([-/. ]+)\d+([-/. ]+)(\d+)/.exec(text.trim()) ?? [];
  const year = (digits: string) => (digits.length === 2 ? 'YY' : 'YYYY');
  const parts = { DMY: ['D', 'M', year(c)], MDY: ['M', 'D', year(c)], YMD: [year(a), 'M', 'D'] }[order];
  return `${parts[0]}${separator}${parts[1]}${second}${parts[2]}`;
}
