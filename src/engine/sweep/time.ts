/** The time of a sweep: the span since the last sweep, and the state at its beginning. */
import type { Automation } from '../../domain/automation.ts';
import { formatInstant } from '../../domain/dates.ts';
import { type Firing, timeFirings, type Truths, truthsOf } from '../firings.ts';
import type { SweepContext } from './context.ts';
import type { Done, PlanInput } from './input.ts';

/**
 * The longest time in ms by which a sweep may lie before the last one and still take its time: two sweeps that start
 * together may read their clocks in one order and get the lock in the other.
 */
const SIDE_BY_SIDE = 5_000;

/** Whether a sweep lies so far before the last one that one of the two clocks is wrong. */
export const isBehind = ({ now, since }: Pick<PlanInput, 'now' | 'since'>): boolean =>
  now < since.last.at - SIDE_BY_SIDE;

/** Describes the problem of a sweep that is before the last one. */
export function behindText({ now, since }: Pick<PlanInput, 'now' | 'since'>): string {
  const [time, last] = [formatInstant(now), formatInstant(since.last.at)];
  return `the time of this sweep, ${time}, is before the time of the last sweep, ${last}: no rule that depends on time was started; if the last sweep had a wrong clock, crm run --last-sweep ${time} corrects its time`;
}

/** Returns when a field of a record was last set, ms; undefined if it was set before this span. */
export type SetAt = (id: string, path: string) => number | undefined;

/** Returns when fields were set by some transactions. Reads the transactions at the first question. */
export function setAtIn(transactions: readonly Done[]): SetAt {
  let since: Map<string, number> | undefined;
  return (id, path) => {
    since ??= timesIn(transactions);
    return since.get(`${id} ${path}`) ?? since.get(id);
  };
}

/** By the id of a record that was added, or by an id and a path that was set. */
function timesIn(transactions: readonly Done[]): Map<string, number> {
  const since = new Map<string, number>();
  for (const { at, changes } of transactions)
    for (const change of changes) {
      if ('add' in change) since.set(change.id, at);
      else if ('set' in change)
        for (const path of Object.keys(change.set)) since.set(`${change.id} ${path}`, at);
    }
  return since;
}

/**
 * Returns the moments that came since the last sweep, or since the beginning of the rule, of records from before this
 * sweep.
 */
export function momentsSince(automation: Automation, context: SweepContext, setAt: SetAt): Firing[] {
  const { after, now, since, tools, scope } = context;
  const all = since.existing.has(automation.id);
  return timeFirings(
    automation,
    {
      after: all ? Number.NEGATIVE_INFINITY : (since.later.get(automation.id)?.at ?? since.last.at),
      until: now,
      state: after,
      zone: scope.clock.zone,
      crons: tools.crons,
      setAt: all ? () => undefined : setAt,
    },
    scope,
  );
}

/** Returns the records for which a rule's state triggers held at the last sweep, or at the beginning of the rule. */
export function truthsThen(automation: Automation, { since, scope }: SweepContext): Truths {
  const { seq, at } = since.later.get(automation.id) ?? since.last;
  // Before the first sweep, records that exist count as they are now: no earlier state is known.
  const clock = { ...scope.clock, ...(at > Number.NEGATIVE_INFINITY && { now: at }) };
  return truthsOf(automation, { ...scope, state: since.before(seq), clock });
}
