/**
 * The first open deals of each group, such as a stage, and the number of its deals. They are kept as of a transaction and for one
 * day, and corrected by the deals and tasks that changed since, so that a command reads only the deals that it shows.
 */
import { dayNumber } from '../../domain/dates.ts';
import { numberOf } from '../../domain/kinds.ts';
import type { Deal, Rec } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { compileText } from '../../query/compile.ts';
import { nextAction } from '../../query/derived.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import { type Changed, changedSince } from './changed-since.ts';
import { firstOfEach, type Order } from './groups.ts';
import { MOST_CHANGED, presentSums, type SumsCaches } from './kept-sums.ts';
import type { Keys } from './keys.ts';
import type { NextTasks } from './next-task.ts';

/** The number of deals that are kept of a group, unless the caches say another number: few terminals have room for more. */
const KEPT = 40;
/** The most groups that are kept: reading the first deals of more would take longer than finding them. */
const MOST_GROUPS = 256;

/**
 * How open deals are grouped and ordered. `due` is the day on which the next task is due: Infinity if it has no day, NaN
 * without a task.
 */
export interface Sorting {
  /** The name of the cache. */
  readonly name: string;
  /** Returns the name of a deal's group. */
  groupOf(deal: Deal, due: number, today: number): string;
  /** Returns the rank of the deal of a row, as in `Order`. */
  rank(next: NextTasks): Order['rank'];
  /** Returns a key for each group, and its name. */
  keys(next: NextTasks): { readonly keys: Keys; nameOf(key: number): string };
}

/** A deal and its next task, by their numbers; 0 for no task. */
type Entry = readonly [deal: number, task: number];

interface Group {
  readonly name: string;
  /** The number of its deals; `entries` has the first of them. */
  readonly count: number;
  readonly entries: readonly Entry[];
}

interface Saved {
  readonly groups: readonly Group[];
}

/** The first deals of each group. Each answer is undefined if the caches do not have it. */
export class FirstDeals {
  readonly #view: View;
  readonly #caches: SumsCaches;
  readonly #sorting: Sorting;
  readonly #today: number;
  /** The number of deals of a group that are kept. */
  readonly #most: number;
  readonly #wholeNext: () => NextTasks;
  /** The groups by name; null if none are kept. */
  #groups: ReadonlyMap<string, Group> | null | undefined;
  /** The number of the next task of each first deal, by the deal's number. */
  #tasks: ReadonlyMap<number, number> = new Map();

  /** `wholeNext` returns the next tasks of all deals; it is called for deals that are not kept. */
  constructor(view: View, caches: SumsCaches, sorting: Sorting, wholeNext: () => NextTasks) {
    this.#view = view;
    this.#caches = caches;
    this.#sorting = sorting;
    this.#today = dayNumber(view.clock.zone.day(view.clock.now));
    this.#most = caches.firsts ?? KEPT;
    this.#wholeNext = wholeNext;
  }

  /** Returns the number of deals of a group. */
  count(group: string): number | undefined {
    const groups = this.#groupsWith(0);
    return groups && (groups.get(group)?.count ?? 0);
  }

  /** Returns the rows of the first `most` deals of a group. */
  rows(group: string, most = Number.POSITIVE_INFINITY): readonly number[] | undefined {
    const deals = this.#view.state.table('deal');
    const groups = this.#groupsWith(most);
    return groups && (groups.get(group)?.entries ?? []).slice(0, most).map(([deal]) => deals.row(deal));
  }

  /** The next tasks of all deals. */
  get next(): NextTasks {
    const { state } = this.#view;
    return nextBy(state, this.#today, row => {
      const known = this.#tasks.get(state.table('deal').number(row));
      return known === undefined ? this.#wholeNext().task(row) : rowOfTask(state, known);
    });
  }

  /** Returns groups of which the first `most` deals are known. */
  #groupsWith(most: number): ReadonlyMap<string, Group> | undefined {
    if (most > this.#most || this.#groups === null) return undefined;
    if (!this.#groups || lacks([...this.#groups.values()], most)) {
      const groups = this.#present(most);
      this.#groups = groups ? new Map(groups.map(group => [group.name, group])) : null;
      this.#tasks = new Map(groups?.flatMap(({ entries }) => entries));
    }
    return this.#groups ?? undefined;
  }

  #present(most: number): readonly Group[] | undefined {
    const { state } = this.#view;
    return presentSums<readonly Group[], Saved>(this.#view, this.#caches, {
      name: this.#sorting.name,
      settings: this.#today,
      summed: () => found(this.#view, this.#sorting, this.#wholeNext(), this.#most),
      saved: groups => ({ groups }),
      corrected: saved => {
        const known = corrected(state, this.#sorting, this.#today, saved);
        return known && !lacks(known.sums, most) ? known : undefined;
      },
    });
  }
}

/** Returns whether the first `most` deals of some group are not all known. */
const lacks = (groups: readonly Group[], most: number): boolean =>
  groups.some(({ count, entries }) => entries.length < Math.min(most, count));

const rowOfTask = (state: State, task: number): number => (task === 0 ? -1 : state.table('task').row(task));

/** Returns next tasks by their rows; `task` returns -1 for none. */
function nextBy(state: State, today: number, task: NextTasks['task']): NextTasks {
  const due = (deal: number) => {
    const row = task(deal);
    if (row < 0) return Number.NaN;
    const day = (state.table('task').column('due') as NumberColumn).get(row);
    return Number.isNaN(day) ? Number.POSITIVE_INFINITY : day;
  };
  return {
    task,
    due,
    action: deal => nextAction(due(deal), today),
    isOverdue: deal => due(deal) < today,
  };
}

/** Goes through all open deals; returns undefined if there are too many groups. */
function found(view: View, sorting: Sorting, next: NextTasks, most: number): Group[] | undefined {
  const { state } = view;
  const deals = state.table('deal');
  const tasks = state.table('task');
  if (deals.rows === 0) return [];
  const { keys, nameOf } = sorting.keys(next);
  if (keys.size > MOST_GROUPS) return undefined;
  const open = view.blocks(compileText('is:open', 'deal', state.config));
  const { first, counts } = firstOfEach(open, keys, orderOf(state, sorting.rank(next)), most);
  const taskOf = (row: number) => (next.task(row) < 0 ? 0 : tasks.number(next.task(row)));
  return first.flatMap((rows, key) =>
    rows.length === 0
      ? []
      : {
          name: nameOf(key),
          count: counts[key]!,
          entries: rows.map((row): Entry => [deals.number(row), taskOf(row)]),
        },
  );
}

/** Returns the order of the deals of a group: by rank, then by value. */
export function orderOf(state: State, rank: Order['rank']): Order {
  const deals = state.table('deal');
  return {
    rank,
    worth: deals.column('value') as NumberColumn,
    rows: deals.rows,
    number: deals.isInOrder ? undefined : row => deals.number(row),
  };
}

/** Returns the groups of the present, and how many deals changed; undefined if these are too many. */
function corrected(
  state: State,
  sorting: Sorting,
  today: number,
  { seq, groups }: Saved & { readonly seq: number },
): { readonly sums: readonly Group[]; readonly changed: number } | undefined {
  const changed = changedDeals(state, seq);
  if (!changed) return undefined;
  if (changed.size === 0) return { sums: groups, changed: 0 };
  const nameOf = (side: Side | undefined) =>
    side?.deal?.status === 'open' ? sorting.groupOf(side.deal, side.due, today) : undefined;
  const were = [...changed.values()].map(({ before }) => nameOf(before));
  const are = [...changed].map(([deal, { after }]) => ({
    name: nameOf(after),
    entry: [deal, after.task] as Entry,
  }));
  const names = new Set([...groups.map(({ name }) => name), ...are.flatMap(({ name }) => name ?? [])]);
  const came = are.map(({ entry }) => entry);
  const compare = comparison(state, sorting, today, [...groups.flatMap(({ entries }) => entries), ...came]);
  const now = [...names].map((name): Group => {
    const { count, entries } = groups.find(group => group.name === name) ?? { count: 0, entries: [] };
    const its = are.flatMap(each => (each.name === name ? [each.entry] : []));
    const stayed = entries.filter(([deal]) => !changed.has(deal));
    return {
      name,
      count: count + its.length - were.filter(each => each === name).length,
      entries: merged(stayed, its, count === entries.length, compare),
    };
  });
  return { sums: now, changed: changed.size };
}

/** Merges deals that stayed with those that came; `isWhole` if there were no others. */
function merged(
  stayed: readonly Entry[],
  came: readonly Entry[],
  isWhole: boolean,
  compare: (a: Entry, b: Entry) => number,
): readonly Entry[] {
  if (came.length === 0) return stayed;
  const all = [...stayed, ...came].sort(compare);
  // A deal after the last one that stayed may come after others that are not known.
  return isWhole ? all : all.slice(0, all.indexOf(stayed.at(-1)!) + 1);
}

/** Returns a function that compares deals of a group, as `orderOf` orders them. */
function comparison(
  state: State,
  sorting: Sorting,
  today: number,
  entries: Iterable<Entry>,
): (a: Entry, b: Entry) => number {
  const deals = state.table('deal');
  const worth = deals.column('value') as NumberColumn;
  const tasks = new Map(entries);
  const rank = sorting.rank(nextBy(state, today, row => rowOfTask(state, tasks.get(deals.number(row)) ?? 0)));
  return ([a], [b]) => {
    const [rowA, rowB] = [deals.row(a), deals.row(b)];
    return rank(rowA) - rank(rowB) || worth.get(rowB) - worth.get(rowA) || a - b;
  };
}

/** A deal at some time, with its next task and the day on which that is due. */
interface Side {
  readonly deal: Deal | undefined;
  readonly task: number;
  readonly due: number;
}

/** Returns the deals that changed, or whose tasks did, by their numbers; undefined if these are too many. */
function changedDeals(
  state: State,
  seq: number,
): ReadonlyMap<number, Readonly<Record<keyof Changed, Side>>> | undefined {
  const deals = changedSince(state, 'deal', seq, MOST_CHANGED);
  const tasks = changedSince(state, 'task', seq, MOST_CHANGED);
  if (!deals || !tasks) return undefined;
  const tasksOf = (side: keyof Changed, deal: string) =>
    [...tasks.values()].flatMap(each => (each[side]?.for === deal ? each[side] : []));
  const ofTasks = [...tasks.values()].flatMap(({ before, after }) => [before?.for, after?.for]);
  const ids = new Set([...deals.keys(), ...ofTasks.filter(id => isDeal(state, id))]);
  const changed = new Map<number, Readonly<Record<keyof Changed, Side>>>();
  for (const id of ids) {
    const row = state.table('deal').row(numberOf(id));
    // Links do not say which tasks a removed deal had.
    if (row < 0) return undefined;
    const unchanged = linkedTasks(state, row).filter(task => !tasks.has(task.id));
    const known = deals.get(id);
    const side = (name: keyof Changed): Side => ({
      deal: (known ? known[name] : state.table('deal').record(row)) as Deal | undefined,
      ...earliest([...unchanged, ...tasksOf(name, id)]),
    });
    changed.set(numberOf(id), { before: side('before'), after: side('after') });
  }
  return changed;
}

const isDeal = (state: State, id: unknown): id is string =>
  typeof id === 'string' && definitionOf(state.kinds, state.kinds.kindOf(id)).inPipelines === true;

function linkedTasks(state: State, deal: number): Rec[] {
  const found: Rec[] = [];
  state.links('deal', 'task', 'for').some(deal, task => {
    found.push(state.table('task').record(task));
    return false;
  });
  return found;
}

/** Returns the task that is next, and the day on which it is due. */
function earliest(tasks: readonly Rec[]): Pick<Side, 'task' | 'due'> {
  const open = tasks
    .filter(({ status }) => status === 'open')
    .map(({ id, due }) => ({
      task: numberOf(id),
      due: typeof due === 'string' ? dayNumber(due) : Number.POSITIVE_INFINITY,
    }));
  // Two days may both be Infinity, whose difference is not a number.
  return (
    open.sort((a, b) => (a.due === b.due ? 0 : a.due - b.due) || a.task - b.task)[0] ?? {
      task: 0,
      due: Number.NaN,
    }
  );
}
