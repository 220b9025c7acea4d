/**
 * How often a task comes again. In a month without a 31st it comes on the last day, and `on 31` remembers which day
 * is meant for the months after.
 */
import { addDays, addMonths, dayNumber, monthEnd, weekdayOf } from './dates.ts';
import { usage } from './errors.ts';
import { type Holidays, isWorkday } from './workdays.ts';

/** A day that is counted from an end of each month: `last workday of month`. */
interface InMonth {
  readonly unit: 'in month';
  readonly which: 'first' | 'last';
  /** `day`, `workday`, or a day of the week. */
  readonly day: string;
}

interface Every {
  readonly count: number;
  readonly unit: 'day' | 'week' | 'month' | 'year' | 'workday';
  /** The day of the month that is meant, if the date itself does not show it. */
  readonly on: number | undefined;
}

type Repeat = Every | InMonth;

const words: Readonly<Record<string, Omit<Every, 'on'>>> = {
  daily: { count: 1, unit: 'day' },
  weekly: { count: 1, unit: 'week' },
  monthly: { count: 1, unit: 'month' },
  quarterly: { count: 3, unit: 'month' },
  yearly: { count: 1, unit: 'year' },
  workdays: { count: 1, unit: 'workday' },
};
const letters = { d: 'day', w: 'week', m: 'month', y: 'year' } as const;

const accepted =
  'accepted: daily, workdays, weekly, monthly, quarterly, yearly, every 2 weeks, 10d, monthly on 31, last workday of month, first monday of month';
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const IN_MONTH = new RegExp(
  `^(?:every )?(first|last) (day|workday|${WEEK.join('|')}) of (?:the |each |every )?month$`,
);

function readRepeat(text: string): Repeat | undefined {
  const plain = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const inMonth = IN_MONTH.exec(plain);
  if (inMonth) return { unit: 'in month', which: inMonth[1] as 'first', day: inMonth[2]! };
  const match = /^(.*?)(?: on (\d\d?))?$/.exec(plain)!;
  const on = match[2] === undefined ? undefined : Number(match[2]);
  const often = match[1]!;
  const counted = /^(?:every )?(\d{1,4}) ?(d|w|m|y|days?|weeks?|months?|years?)$/.exec(often);
  const found = Object.hasOwn(words, often)
    ? words[often]
    : counted
      ? { count: Number(counted[1]), unit: letters[counted[2]![0] as keyof typeof letters] }
      : /^every (day|week|month|year)$/.test(often)
        ? { count: 1, unit: often.slice(6) as Every['unit'] }
        : undefined;
  if (!found || found.count === 0) return undefined;
  if (on !== undefined && (on < 1 || on > 31 || (found.unit !== 'month' && found.unit !== 'year')))
    return undefined;
  return { ...found, on };
}

/** `weekly`, `every 2 weeks` or `10d`, in the form in which it is kept; all else is a usage error. */
export function parseRepeat(text: string): string {
  const repeat = readRepeat(text);
  if (!repeat) throw usage(`${JSON.stringify(text)} is not how often something comes again`, accepted);
  return repeatText(repeat);
}

function repeatText(repeat: Repeat): string {
  if (repeat.unit === 'in month') return `${repeat.which} ${repeat.day} of month`;
  const { count, unit, on } = repeat;
  const word = Object.keys(words).find(each => words[each]!.count === count && words[each]!.unit === unit);
  return `${word ?? `every ${count} ${unit}s`}${on === undefined ? '' : ` on ${on}`}`;
}

/** When a task comes again. */
export interface Again {
  readonly due: string;
  /** Returns the repeat from a new day on: with the day of the month that is meant, if the new day is another one. */
  readonly repeat: string;
}

/**
 * Returns the next day after `after` of a repeat that begins on `from`; undefined if the text is not one that
 * `parseRepeat` takes, such as one that was imported.
 */
export function nextRepeat(
  text: string,
  from: string,
  after: string,
  holidays: Holidays = [],
): Again | undefined {
  const repeat = readRepeat(text);
  if (!repeat) return undefined;
  if (repeat.unit === 'in month')
    return { due: nextInMonth(repeat, from > after ? from : after, holidays), repeat: repeatText(repeat) };
  const { count, unit } = repeat;
  if (unit === 'workday') {
    let due = addDays(from > after ? from : after, 1);
    while (!isWorkday(due, holidays)) due = addDays(due, 1);
    return { due, repeat: repeatText(repeat) };
  }
  if (unit === 'day' || unit === 'week') {
    const length = count * (unit === 'week' ? 7 : 1);
    const between = Math.max(0, dayNumber(after) - dayNumber(from));
    return { due: addDays(from, (Math.floor(between / length) + 1) * length), repeat: repeatText(repeat) };
  }
  const months = count * (unit === 'year' ? 12 : 1);
  const meant = repeat.on ?? Number(from.slice(8));
  // Counted from the first of the month, so that a short month does not make the days after it earlier.
  const first = `${from.slice(0, 8)}01`;
  for (let n = 1; ; n++) {
    const end = addDays(addMonths(first, n * months + 1), -1);
    const day = Math.min(meant, Number(end.slice(8)));
    const due = `${end.slice(0, 8)}${String(day).padStart(2, '0')}`;
    if (due > after) return { due, repeat: repeatText({ ...repeat, on: day === meant ? undefined : meant }) };
  }
}

/** The first such day of a month after a day. */
function nextInMonth(repeat: InMonth, after: string, holidays: Holidays): string {
  for (let first = `${after.slice(0, 8)}01`; ; first = addMonths(first, 1)) {
    const day = dayInMonth(repeat, first, holidays);
    if (day > after) return day;
  }
}

/** The day that is meant in the month that begins on `first`. */
function dayInMonth({ which, day }: InMonth, first: string, holidays: Holidays): string {
  const fits = (each: string) =>
    day === 'day' || (day === 'workday' ? isWorkday(each, holidays) : WEEK[weekdayOf(each)] === day);
  const step = which === 'first' ? 1 : -1;
  let found = which === 'first' ? first : monthEnd(first);
  while (!fits(found)) found = addDays(found, step);
  return found;
}
