/**
 * Cron expressions. Croner says what the fields of an expression mean: which minutes, hours and days match. It is asked
 * in UTC, where every time of day comes once; which instants those times are in a zone is decided here, because
 * croner's own search goes backwards in an hour that comes twice.
 */
import { memoByKey } from '../domain/memo.ts';
import { Cron } from 'croner';
import { DAY, HOUR, MINUTE } from '../domain/dates.ts';
import type { Zone } from '../domain/zone.ts';
import type { Crons } from './crons.ts';

/**
 * The instant from which an expression is searched: one without a moment after it, within the calendar, never comes.
 */
const ANY_TIME = Date.UTC(2000, 0, 1);
/** The number of days that are searched: the calendar repeats after 400 years. */
const MOST_DAYS = 146_097;
/** The days whose moments are kept per expression and zone: at most 1,500 numbers each. */
const MOST_KEPT = 64;
/** The beginning of a field that matches always, or at regular intervals. */
const ANY = /^\*/;

/** The meaning of an expression on a calendar without time zones. */
interface Pattern {
  /** The matching times of a day, ms from its midnight, in order. */
  readonly times: readonly number[];
  /** Whether the expression follows real time: its minute or hour begins with `*`. */
  readonly isReal: boolean;
  /** Whether a day, as days since 1970, matches. */
  isDay(number: number): boolean;
}

const patterns = new Map<string, Pattern>();

const cronOf = (expression: string): Cron =>
  new Cron(expression, { utcOffset: 0, paused: true, mode: '5-part' });

/**
 * Returns the five fields of an expression; `@daily` and the like are written out, and `?` becomes `*`: croner would
 * take the `?` of `0 0 ? * mon` for a restriction that every day meets. Throws croner's error for a wrong expression.
 */
function fieldsOf(expression: string): string[] {
  cronOf(expression);
  const text = expression.trim().toLowerCase();
  const fields = (nicknames[text] ?? text).replaceAll('?', '*').split(/\s+/);
  // Croner also takes a date, which is a moment and not an expression.
  if (fields.length !== 5) throw new Error('exactly five space separated parts are required');
  return fields;
}

const nicknames: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function patternOf(expression: string): Pattern {
  let pattern = patterns.get(expression);
  if (!pattern) patterns.set(expression, (pattern = read(expression)));
  return pattern;
}

function read(expression: string): Pattern {
  const [minute, hour, ...days] = fieldsOf(expression) as [string, string, string, string, string];
  const counted = (count: number, size: number, fields: string): number[] => {
    const cron = cronOf(fields);
    return Array.from({ length: count }, (_, i) => i * size).filter(time => cron.match(new Date(time)));
  };
  const hours = counted(24, HOUR, `0 ${hour} * * *`);
  const minutes = counted(60, MINUTE, `${minute} 0 * * *`);
  const day = cronOf(`0 0 ${days.join(' ')}`);
  const known = new Map<number, boolean>();
  return {
    times: hours.flatMap(each => minutes.map(more => each + more)),
    isReal: ANY.test(minute) || ANY.test(hour),
    isDay(number) {
      let matches = known.get(number);
      if (matches === undefined) known.set(number, (matches = day.match(new Date(number * DAY))));
      return matches;
    },
  };
}

/** The moments of an expression in a zone, by days of UTC: a day of 24 hours, wherever clocks change. */
class Moments {
  readonly #pattern: Pattern;
  readonly #zone: Zone;
  readonly #days = new Map<number, readonly number[]>();

  constructor(expression: string, zone: Zone) {
    this.#pattern = patternOf(expression);
    this.#zone = zone;
  }

  /** All moments from `day * DAY` on and before the next day, in order, each once. */
  on(day: number): readonly number[] {
    let moments = this.#days.get(day);
    if (!moments) {
      if (this.#days.size >= MOST_KEPT) this.#days.clear();
      this.#days.set(day, (moments = this.#found(day * DAY, (day + 1) * DAY)));
    }
    return moments;
  }

  #found(from: number, end: number): number[] {
    const { times, isReal, isDay } = this.#pattern;
    const zone = this.#zone;
    // The local times of this span lie between these two, even if clocks change within it.
    const ahead = [from - 1, from, end].map(instant => zone.wall(instant) - instant);
    const [low, high] = [from + Math.min(...ahead), end + Math.max(...ahead)];
    const found = new Set<number>();
    for (let number = Math.floor(low / DAY); number * DAY < high; number++) {
      if (!isDay(number)) continue;
      for (const time of times) {
        const wall = number * DAY + time;
        if (wall < low || wall >= high) continue;
        for (const moment of isReal ? zone.instants(wall) : [zone.instant(wall)])
          if (moment >= from && moment < end) found.add(moment);
      }
    }
    return [...found].sort((a, b) => a - b);
  }
}

const momentsOf = memoByKey((zone: Zone, expression: string) => new Moments(expression, zone));

export const crons: Crons = {
  last(expression, zone, after, until) {
    const moments = momentsOf(zone, expression);
    const first = Math.max(Math.floor(after / DAY), Math.floor(until / DAY) - MOST_DAYS);
    for (let day = Math.floor(until / DAY); day >= first; day--) {
      const found = moments.on(day).findLast(moment => moment <= until);
      if (found !== undefined) return found > after ? found : undefined;
    }
    return undefined;
  },
  next(expression, zone, after, until) {
    const moments = momentsOf(zone, expression);
    const last = Math.min(Math.floor(until / DAY), Math.floor(after / DAY) + MOST_DAYS);
    for (let day = Math.floor(after / DAY); day <= last; day++) {
      const found = moments.on(day).find(moment => moment > after);
      if (found !== undefined) return found <= until ? found : undefined;
    }
    return undefined;
  },
  check(expression) {
    try {
      const fields = fieldsOf(expression);
      return cronOf(fields.join(' ')).nextRun(new Date(ANY_TIME)) ? undefined : 'there is no such day';
    } catch (error) {
      return error instanceof Error
        ? error.message.replace(/^CronPattern: (.)/, (_, c: string) => c.toLowerCase())
        : String(error);
    }
  },
};
