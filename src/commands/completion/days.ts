/** The days that people type most often, each with its date. */
import type { Clock } from '../../domain/clock.ts';
import { parseDay } from '../../domain/typed-dates.ts';
import type { Candidate } from './candidate.ts';

const words = 'today tomorrow yesterday mon tue wed thu fri sat sun eow eom eoq eoy'.split(' ');
const distances = '+1d +2d +3d +1w +2w +1m +3m +1y'.split(' ');

/** The periods that queries and reports take beside days. */
export const periods: readonly string[] = ['this', 'last', 'next'].flatMap(which =>
  ['week', 'month', 'quarter', 'year'].map(unit => `${which}-${unit}`),
);

/** Returns words for days, or distances (`+2d`) once `+` is typed; with a clock, each has its date. */
export const days = (partial: string, clock: Clock | undefined): Candidate[] =>
  (partial.startsWith('+') ? distances : words).map(value => ({
    value,
    ...(clock && { about: parseDay(value, clock) }),
  }));
