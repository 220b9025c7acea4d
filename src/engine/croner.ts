/**
 * Cron expressions by croner, which is always told the time: its own functions for what is past read the clock, or fail
 * for a leap day. Where clocks go back, the hour that comes twice is looked at the first time.
 */
import { Cron } from 'croner';
import { MINUTE } from '../domain/dates.ts';
import type { Crons } from './crons.ts';

/** Any time: an expression that never comes again from here on never comes. */
const ANY_TIME = Date.UTC(2000, 0, 1);

const schedules = new Map<string, Cron>();

function scheduleOf(expression: string, timezone: string): Cron {
  const key = `${timezone} ${expression}`;
  let schedule = schedules.get(key);
  if (!schedule)
    schedules.set(key, (schedule = new Cron(expression, { timezone, paused: true, mode: '5-part' })));
  return schedule;
}

/** The first moment after an instant; infinite where there is none. */
const nextAfter = (schedule: Cron, instant: number): number =>
  schedule.nextRun(new Date(instant))?.getTime() ?? Number.POSITIVE_INFINITY;

export const crons: Crons = {
  last(expression, timezone, after, until) {
    const schedule = scheduleOf(expression, timezone);
    let found = nextAfter(schedule, after);
    if (found > until) return undefined;
    // Backwards from the end in doubling stretches, until one has a moment in it; then by halves.
    let stretch = MINUTE;
    while (until - stretch > found && nextAfter(schedule, until - stretch) > until) stretch *= 2;
    let low = Math.max(found, until - stretch);
    let high = until;
    while (low < high) {
      const next = nextAfter(schedule, low);
      if (next > until) break;
      found = next;
      const middle = Math.floor((next + high) / 2);
      const beyond = nextAfter(schedule, middle);
      if (beyond > until) {
        high = middle;
        low = next;
      } else {
        found = beyond;
        low = beyond;
      }
    }
    return found;
  },
  check(expression) {
    try {
      return Number.isFinite(nextAfter(scheduleOf(expression, 'UTC'), ANY_TIME))
        ? undefined
        : 'there is no such day';
    } catch (error) {
      return error instanceof Error
        ? error.message.replace(/^CronPattern: (.)/, (_, c: string) => c.toLowerCase())
        : String(error);
    }
  },
};
