/**
 * Sums of deals by pipeline, stage, status and currency, for boards. The sums as of a transaction are kept, and corrected by
 * the deals that changed since, so that a board goes through all deals only to find those that it shows.
 */
import type { CodeColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import { ownAmounts } from './amounts.ts';
import { type Changed, changedSince } from './changed-since.ts';
import { chancesIn } from './chances.ts';
import {
  alone,
  byCurrency,
  joined,
  MOST_CHANGED,
  presentSums,
  restoredTally,
  type SavedTally,
  type SumsCaches,
  savedTally,
} from './kept-sums.ts';
import { keysByWords } from './rows.ts';
import { Tallies, type Tally } from './tally.ts';

/** Where deals are; null for a deal that does not say it. */
interface Place {
  readonly pipeline: string | null;
  readonly stage: string | null;
  readonly status: string | null;
}

/** The deals of one place and currency. */
interface Group extends Place {
  readonly currency: string;
  readonly tally: Tally;
}

/** A group as JSON has it. */
type SavedGroup = readonly [
  pipeline: string | null,
  stage: string | null,
  status: string | null,
  currency: string,
  ...tally: SavedTally,
];

interface SavedSums {
  readonly groups: readonly SavedGroup[];
}

/** The most places that deals may be in: with more, their sums would be as large as a column. */
const MOST_PLACES = 4096;

/** The sums of all deals. */
class StageSums {
  readonly #groups: readonly Group[];

  constructor(groups: readonly Group[]) {
    this.#groups = groups;
  }

  /** Returns the stages of a pipeline that have deals, each once; null for deals without a stage. */
  stagesOf(pipeline: string): (string | null)[] {
    const its = this.#groups.filter(group => group.pipeline === pipeline);
    return [...new Set(its.map(({ stage }) => stage))];
  }

  /** Returns the sums, by currency, of the deals in the places for which `holds` is true. */
  of(holds: (place: Place) => boolean): ReadonlyMap<string, Tally> {
    return byCurrency(this.#groups.filter(holds));
  }
}

/** Returns the sums of all deals; undefined if none are kept. */
export function stageSumsOf(view: View, caches: SumsCaches): StageSums | undefined {
  const { state } = view;
  const groups = presentSums<readonly Group[], SavedSums>(view, caches, {
    name: 'stages',
    summed: () => groupsOf(state),
    saved: groups => ({ groups: groups.map(savedGroup) }),
    corrected: saved => corrected(state, saved),
  });
  return groups && new StageSums(groups);
}

/** Goes through all deals; returns undefined if they are in too many places. */
function groupsOf(state: State): Group[] | undefined {
  const deals = state.table('deal');
  if (deals.rows === 0) return [];
  const columns = ['pipeline', 'stage', 'status'].map(path => deals.column(path) as CodeColumn);
  const places: Place[] = [];
  const keys = keysByWords(columns, ([pipeline = null, stage = null, status = null]) => {
    if (places.length > MOST_PLACES) return -1;
    return places.push({ pipeline, stage, status }) - 1;
  });
  const tallies = new Tallies(
    deals.blocks(),
    { size: MOST_PLACES + 1, ...keys },
    ownAmounts(state, chancesIn(state)),
  );
  if (places.length > MOST_PLACES) return undefined;
  return places.flatMap((place, key) =>
    tallies.currencies.flatMap((currency, code) =>
      tallies.count(key, code) > 0 ? [{ ...place, currency, tally: tallies.of(key, code) }] : [],
    ),
  );
}

/** Returns the groups of the present state, and how many deals differ; undefined if these are too many. */
function corrected(
  state: State,
  { seq, groups }: SavedSums & { readonly seq: number },
): { readonly sums: readonly Group[]; readonly changed: number } | undefined {
  const deals = changedSince(state, 'deal', seq, MOST_CHANGED);
  if (!deals) return undefined;
  const known = groups.map(restoredGroup);
  if (deals.size === 0) return { sums: known, changed: 0 };
  const sideOf = (side: keyof Changed) => [...deals.values()].flatMap(each => each[side] ?? []);
  const of = (side: keyof Changed) => groupsOf(alone(state, sideOf(side)))!;
  return {
    changed: deals.size,
    sums: joined(keyOfGroup, [known, 1], [of('before'), -1], [of('after'), 1]),
  };
}

const keyOfGroup = ({ pipeline, stage, status, currency }: Group): string =>
  JSON.stringify([pipeline, stage, status, currency]);

const savedGroup = ({ pipeline, stage, status, currency, tally }: Group): SavedGroup => [
  pipeline,
  stage,
  status,
  currency,
  ...savedTally(tally),
];

const restoredGroup = ([pipeline, stage, status, currency, ...tally]: SavedGroup): Group => ({
  ...{ pipeline, stage, status, currency },
  tally: restoredTally(tally),
});
