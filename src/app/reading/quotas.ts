/** The quotas of users for a range of days. */
import type { ByDay, Config, Quota } from '../../domain/config.ts';
import { addDays } from '../../domain/dates.ts';
import { decimals } from '../../domain/money.ts';
import { type Days, periodWith } from '../../domain/periods.ts';
import { fractionOf, multipliedExactly, times } from '../../domain/rounding.ts';
import type { Viewer } from '../core/viewer.ts';

/** The users whose quotas a viewer may know: a restricted user knows their own. */
export function usersWithQuota({ users }: Config, viewer: Viewer): string[] {
  return Object.values(users)
    .filter(({ quota, id }) => quota && (viewer.role !== 'restricted' || id === viewer.user))
    .map(({ id }) => id);
}

/**
 * Returns the quota of a user for a range of days, in minor units of the workspace's currency; undefined if they have
 * none, or if the range is not whole months, because quotas are defined only for these.
 */
export function quotaIn(config: Config, user: string, days: Days): bigint | undefined {
  const quota = Object.hasOwn(config.users, user) ? config.users[user]!.quota : undefined;
  if (!quota) return undefined;
  const { yearStart, currency } = config;
  let sum = 0n;
  for (let day = days.from; day <= days.to; ) {
    const step = largest(quota, { from: day, to: days.to }, yearStart);
    if (!step) return undefined;
    sum += unitsOf(step.amount, currency);
    if (step.to >= days.to) break;
    day = addDays(step.to, 1);
  }
  return sum;
}

/**
 * Returns the quota of the largest period that begins with a range of days and lies in it: a year, otherwise a
 * quarter, otherwise a month.
 */
function largest(quota: Quota, days: Days, yearStart: number | undefined) {
  for (const unit of ['year', 'quarter', 'month'] as const) {
    const { from, to } = periodWith(days.from, unit, yearStart);
    const amount = quota[unit] && onDay(quota[unit], from);
    if (amount !== undefined && from === days.from && to <= days.to) return { amount, to };
  }
  return undefined;
}

const onDay = (list: ByDay, day: string): string | undefined =>
  list.findLast(({ from }) => from <= day)?.amount;

/** A quota may be typed with more decimals than its currency has. */
const unitsOf = (amount: string, currency: string): bigint =>
  multipliedExactly(1n, times(fractionOf(amount), { n: 10n ** BigInt(decimals(currency)), d: 1n }));
