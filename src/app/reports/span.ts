/** The days that a report is about, and the periods that they are divided into. */
import type { Clock } from '../../domain/clock.ts';
import { addDays, addMonths } from '../../domain/dates.ts';
import { CrmError, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import {
  type Days,
  type Period,
  periodAfter,
  type PeriodUnit,
  periodUnits,
  periodWith,
} from '../../domain/periods.ts';
import { parsePeriod } from '../../domain/typed-dates.ts';

/** The default days of a report. */
export interface Span {
  /** Undefined where the report has no periods unless it is asked for them. */
  readonly by: PeriodUnit | undefined;
  /** From which period to which, counted from the one with today, in the unit in question; or the period with today. */
  readonly periods: Readonly<Record<PeriodUnit, readonly [first: number, last: number]>> | PeriodUnit;
}

/** Periods that begin today, as far ahead as people plan. */
export const AHEAD: Span = {
  by: 'month',
  periods: { day: [0, 29], week: [0, 11], month: [0, 11], quarter: [0, 3], year: [0, 2] },
};

/** Periods that end today, with the one of a year before. */
export const BEHIND: Span = {
  by: 'month',
  periods: { day: [-29, 0], week: [-12, 0], month: [-12, 0], quarter: [-4, 0], year: [-2, 0] },
};

/** The last few weeks. */
export const LATELY: Span = {
  by: 'week',
  periods: { day: [-13, 0], week: [-3, 0], month: [-2, 0], quarter: [-1, 0], year: [-1, 0] },
};

/** This period and the next ones, as far as quotas are looked at. */
export const SOON: Span = {
  by: 'month',
  periods: { day: [0, 13], week: [0, 3], month: [0, 2], quarter: [0, 1], year: [0, 0] },
};

/** This quarter as a whole. */
export const THIS_QUARTER: Span = { by: undefined, periods: 'quarter' };

export interface SpanOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by?: string | undefined;
}

/** The days that a report is about, and its periods, the first one first; without `by` one period of all days. */
export interface AskedSpan extends Days {
  readonly by: PeriodUnit | undefined;
  readonly periods: readonly Period[];
}

/** The most periods: nobody reads more, and each has a row for every currency. */
const MOST_PERIODS = 1000;

/** USAGE for a wrong day or unit, for days that end before they begin, and for too many periods. */
export function spanAsked(span: Span, { from, to, by }: SpanOptions, clock: Clock): AskedSpan {
  const unit = by === undefined ? span.by : unitNamed(by);
  const today = clock.zone.day(clock.now);
  const usual = usualDays(span, unit, today, clock);
  const first = from === undefined ? undefined : dayNamed('--from', from, clock).from;
  const last = to === undefined ? undefined : dayNamed('--to', to, clock).to;
  const days = daysBetween(first, last, usual);
  if (days.from > days.to)
    throw usage(`--from ${days.from} is after --to ${days.to}`, `--from ${days.to} --to ${days.from}`);
  return {
    ...days,
    by: unit,
    periods:
      unit === undefined ? [{ key: `${days.from}..${days.to}`, ...days }] : periodsIn(days, unit, clock),
  };
}

/** A given end moves the other end only if that would lie on the wrong side. */
function daysBetween(first: string | undefined, last: string | undefined, usual: Days): Days {
  if (first !== undefined && last !== undefined) return { from: first, to: last };
  if (first !== undefined)
    return { from: first, to: first <= usual.to ? usual.to : addDays(addMonths(first, 12), -1) };
  if (last !== undefined)
    return { from: last >= usual.from ? usual.from : addDays(addMonths(last, -12), 1), to: last };
  return usual;
}

function usualDays({ periods }: Span, unit: PeriodUnit | undefined, today: string, clock: Clock): Days {
  if (typeof periods === 'string') return periodWith(today, periods, clock.yearStart);
  const of = unit ?? 'month';
  const [first, last] = periods[of];
  return {
    from: periodAfter(today, of, first, clock.yearStart).from,
    to: periodAfter(today, of, last, clock.yearStart).to,
  };
}

/** The unit of a word; USAGE if there is none. */
export function unitNamed(word: string): PeriodUnit {
  const found = periodUnits.find(unit => unit === word || `${unit}s` === word);
  if (!found)
    throw usage(`--by: unknown period ${JSON.stringify(word)}`, suggestion(word, periodUnits, 'periods'));
  return found;
}

function dayNamed(option: string, text: string, clock: Clock): Days {
  try {
    return parsePeriod(text, clock);
  } catch (error) {
    if (error instanceof CrmError) throw usage(`${option}: ${error.message}`, error.hint);
    throw error;
  }
}

/** The periods of a unit that lie in some days, the first and the last cut to them. */
export function periodsIn(days: Days, unit: PeriodUnit, { yearStart }: Clock): Period[] {
  const periods: Period[] = [];
  for (let day = days.from; day <= days.to; ) {
    const { key, from, to } = periodWith(day, unit, yearStart);
    periods.push({ key, from: from < days.from ? days.from : from, to: to > days.to ? days.to : to });
    if (periods.length > MOST_PERIODS)
      throw usage(
        `${days.from} to ${days.to} are more than ${MOST_PERIODS} periods by ${unit}`,
        'a larger period for --by, or fewer days',
      );
    if (to >= days.to) break;
    day = addDays(to, 1);
  }
  return periods;
}

/** Returns the same days a year before: of a period that is whole the whole one, of one that is running as many days of it. */
export function yearBefore(
  { from, to }: Days,
  unit: PeriodUnit | undefined,
  today: string,
  yearStart: number | undefined,
): Days {
  const last = from <= today && today < to ? today : to;
  if (unit === 'week' || unit === 'day') {
    const days = unit === 'week' ? -364 : undefined;
    const back = (day: string) => (days === undefined ? addMonths(day, -12) : addDays(day, days));
    return { from: back(from), to: back(last) };
  }
  const first = addMonths(from, -12);
  const whole = unit === undefined ? undefined : periodWith(from, unit, yearStart);
  const isWhole = whole !== undefined && last === whole.to && unit !== undefined;
  return { from: first, to: isWhole ? periodWith(first, unit, yearStart).to : addMonths(last, -12) };
}
