/**
 * Formats dates in the texts of rules, in the workspace's zone. Liquid's own filter uses the machine's zone, clock
 * and languages, but the same journal must give the same bytes everywhere.
 */
import { DAY, dayFromNumber, HOUR, MINUTE, SECOND } from '../../domain/dates.ts';
import type { Zone } from '../../domain/zone.ts';

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const days = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** An instant as clocks in the zone show it. */
interface Shown {
  readonly year: number;
  readonly month: number;
  readonly date: number;
  /** 0 is Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const two = (n: number): string => String(n).padStart(2, '0');
const spaced = (n: number): string => String(n).padStart(2);
const twelve = (hour: number): number => hour % 12 || 12;

/** The meaning of each `%x`. */
const parts: Readonly<Record<string, (shown: Shown) => string>> = {
  Y: s => String(s.year),
  y: s => two(s.year % 100),
  m: s => two(s.month),
  B: s => months[s.month - 1]!,
  b: s => months[s.month - 1]!.slice(0, 3),
  d: s => two(s.date),
  e: s => spaced(s.date),
  A: s => days[s.weekday]!,
  a: s => days[s.weekday]!.slice(0, 3),
  H: s => two(s.hour),
  I: s => two(twelve(s.hour)),
  l: s => spaced(twelve(s.hour)),
  M: s => two(s.minute),
  S: s => two(s.second),
  p: s => (s.hour < 12 ? 'AM' : 'PM'),
  P: s => (s.hour < 12 ? 'am' : 'pm'),
  F: s => `${s.year}-${two(s.month)}-${two(s.date)}`,
  R: s => `${two(s.hour)}:${two(s.minute)}`,
  T: s => `${two(s.hour)}:${two(s.minute)}:${two(s.second)}`,
  '%': () => '%',
};

export const DEFAULT_FORMAT = '%Y-%m-%d';

/**
 * An instant (ms) as text: `%d %B %Y`. `%-d` is without leading zero or space. Throws RangeError for an unknown part.
 */
export function strftime(instant: number, format: string, zone: Zone): string {
  const shown = shownIn(zone, instant);
  return format.replace(/%(-?)(.?)/gsu, (text, dash: string, letter: string) => {
    const part = Object.hasOwn(parts, letter) ? parts[letter]! : undefined;
    if (!part)
      throw new RangeError(
        `date: unknown ${text}; known: ${Object.keys(parts)
          .map(p => `%${p}`)
          .join(' ')}`,
      );
    return dash ? part(shown).replace(/^[0 ](?=.)/, '') : part(shown);
  });
}

function shownIn(zone: Zone, instant: number): Shown {
  const wall = zone.wall(instant);
  const number = Math.floor(wall / DAY);
  const day = dayFromNumber(number);
  const time = wall - number * DAY;
  return {
    year: Number(day.slice(0, 4)),
    month: Number(day.slice(5, 7)),
    date: Number(day.slice(8)),
    // 1970-01-01 was a Thursday.
    weekday: (((number + 3) % 7) + 7) % 7,
    hour: Math.floor(time / HOUR),
    minute: Math.floor(time / MINUTE) % 60,
    second: Math.floor(time / SECOND) % 60,
  };
}
