/**
 * Sums of all deals and tasks: deals by status, by currency and by the day of their expected or actual close, open tasks
 * by their due day. The sums as of a transaction are kept, and corrected by the records that changed since, so that
 * `crm status` does not go through all records.
 */
import type { View } from '../core/view.ts';
import { type Changed, changedSince } from './changed-since.ts';
import {
  type Group,
  groupsOf,
  keyOfGroup,
  restoredGroup,
  type SavedGroup,
  savedGroup,
} from './deal-groups.ts';
import { alone, byCurrency, joined, MOST_CHANGED, presentSums, type SumsCaches } from './kept-sums.ts';
import type { Tally } from './tally.ts';
import { changeOfPlanned, type DueDays, dueDays, plannedDeals, withTasks } from './task-standing.ts';

/** The sums as of a transaction. */
interface Sums {
  readonly groups: readonly Group[];
  readonly due: DueDays;
  /** The number of open deals with an open task. */
  readonly planned: number;
}

/** Sums as JSON has them. */
interface SavedSums {
  readonly groups: readonly SavedGroup[];
  readonly due: readonly (readonly [day: number | null, tasks: number])[];
  readonly planned: number;
}

/** The sums of all deals and tasks. */
export class Standing {
  readonly #sums: Sums;

  constructor(sums: Sums) {
    this.#sums = sums;
  }

  /** Returns the deals of a status, by currency. */
  of(status: string): ReadonlyMap<string, Tally> {
    return this.#where(group => group.status === status);
  }

  /** Returns the open deals whose expected close is on one of these days, by currency. */
  openBetween(from: number, to: number): ReadonlyMap<string, Tally> {
    return this.#between('open', from, to);
  }

  /** Returns the deals that were won on one of these days, by currency. */
  wonBetween(from: number, to: number): ReadonlyMap<string, Tally> {
    return this.#between('won', from, to);
  }

  /** Returns the number of open deals whose expected close is before a day. */
  openBefore(day: number): number {
    const before = this.#sums.groups.filter(
      ({ status, close }) => status === 'open' && close !== null && close < day,
    );
    return before.reduce((sum, { tally }) => sum + tally.deals, 0);
  }

  /** The number of open tasks by their due day; null for those without one. */
  get due(): DueDays {
    return this.#sums.due;
  }

  /** The number of open deals with an open task. */
  get planned(): number {
    return this.#sums.planned;
  }

  #between(status: string, from: number, to: number): Map<string, Tally> {
    return this.#where(
      group => group.status === status && group.close !== null && group.close >= from && group.close <= to,
    );
  }

  #where(holds: (group: Group) => boolean): Map<string, Tally> {
    return byCurrency(this.#sums.groups.filter(holds));
  }
}

/** Returns the sums of all deals and tasks; undefined if none are kept. */
export function standingOf(view: View, caches: SumsCaches): Standing | undefined {
  const sums = presentSums<Sums, SavedSums>(view, caches, {
    name: 'standing',
    settings: view.state.config.timezone,
    summed: () => summed(view),
    saved: ({ groups, due, planned }) => ({ groups: groups.map(savedGroup), due: [...due], planned }),
    corrected: saved => corrected(view, saved),
  });
  return sums && new Standing(sums);
}

/** Goes through all deals and tasks; returns undefined if the deals are on too many days. */
function summed(view: View): Sums | undefined {
  const groups = groupsOf(view.state, view.clock.zone);
  return groups && { groups, due: dueDays(view), planned: plannedDeals(view) };
}

/** Returns the sums of the present state, and how many records differ; undefined if these are too many. */
function corrected(
  view: View,
  { seq, groups, due, planned }: SavedSums & { readonly seq: number },
): { readonly sums: Sums; readonly changed: number } | undefined {
  const { state, clock } = view;
  const deals = changedSince(state, 'deal', seq, MOST_CHANGED);
  const tasks = changedSince(state, 'task', seq, MOST_CHANGED);
  if (!deals || !tasks) return undefined;
  const sideOf = (side: keyof Changed) => [...deals.values()].flatMap(each => each[side] ?? []);
  const of = (side: keyof Changed) => groupsOf(alone(state, sideOf(side)), clock.zone)!;
  const now = groups.map(restoredGroup);
  return {
    changed: deals.size + tasks.size,
    sums: {
      groups: deals.size === 0 ? now : joined(keyOfGroup, [now, 1], [of('before'), -1], [of('after'), 1]),
      due: withTasks(new Map(due), tasks),
      planned: planned + changeOfPlanned(state, deals, tasks),
    },
  };
}
