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
  joined,
  plus,
  restoredGroup,
  type SavedGroup,
  savedGroup,
} from './deal-groups.ts';
import { alone, areKept, chancesSaid, MANY_CHANGED, MOST_CHANGED, type SumsCaches } from './kept-sums.ts';
import { NOTHING, type Tally } from './tally.ts';
import { changeOfPlanned, type DueDays, dueDays, plannedDeals, withTasks } from './task-standing.ts';

/** The sums as of a transaction. */
interface Sums {
  readonly groups: readonly Group[];
  readonly due: DueDays;
  /** The number of open deals with an open task. */
  readonly planned: number;
}

/** Sums as JSON has them, with their transaction, whose hash stands for everything up to it. */
interface SavedSums {
  readonly seq: number;
  readonly hash: string;
  readonly groups: readonly SavedGroup[];
  readonly due: readonly (readonly [day: number | null, tasks: number])[];
  readonly planned: number;
}

const NAME = 'standing';
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
    const sums = new Map<string, Tally>();
    for (const group of this.#sums.groups)
      if (holds(group)) sums.set(group.currency, plus(sums.get(group.currency) ?? NOTHING, group.tally, 1));
    return sums;
  }
}

/**
 * Returns the sums of all deals and tasks; undefined where none are kept: for a viewer from whom deals are hidden, and
 * for few deals.
 */
export function standingOf(view: View, caches: SumsCaches): Standing | undefined {
  const { state } = view;
  if (!areKept(view, caches)) return undefined;
  const key = JSON.stringify([caches.version, state.config.timezone, chancesSaid(state)]);
  const saved = caches.kept<SavedSums>(NAME, key);
  const known = saved && caches.hashOf(saved.seq) === saved.hash ? corrected(view, saved) : undefined;
  const sums = known?.sums ?? summed(view);
  if (!sums) return undefined;
  const hash = caches.hashOf(state.seq);
  if (hash !== undefined && (known === undefined || known.changed >= MANY_CHANGED))
    caches.keep(NAME, key, {
      ...{ seq: state.seq, hash, planned: sums.planned, due: [...sums.due] },
      groups: sums.groups.map(savedGroup),
    } satisfies SavedSums);
  return new Standing(sums);
}

/** Goes through all deals and tasks; returns undefined if the deals are on too many days. */
function summed(view: View): Sums | undefined {
  const groups = groupsOf(view.state, view.clock.zone);
  return groups && { groups, due: dueDays(view), planned: plannedDeals(view) };
}

/** Returns the sums of the present state, and how many records differ; undefined if these are too many. */
function corrected(
  view: View,
  { seq, groups, due, planned }: SavedSums,
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
      groups: deals.size === 0 ? now : joined([now, 1], [of('before'), -1], [of('after'), 1]),
      due: withTasks(new Map(due), tasks),
      planned: planned + changeOfPlanned(state, deals, tasks),
    },
  };
}
