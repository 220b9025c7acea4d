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
import { plus } from './deal-groups.ts';
import { alone, areKept, chancesSaid, MANY_CHANGED, MOST_CHANGED, type SumsCaches } from './kept-sums.ts';
import { keysByWords } from './rows.ts';
import { NOTHING, Tallies, type Tally } from './tally.ts';

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
  deals: number,
  value: string,
  weighted: string,
  noProbability: number,
];

/** Groups as JSON has them, with their transaction, whose hash stands for everything up to it. */
interface SavedSums {
  readonly seq: number;
  readonly hash: string;
  readonly groups: readonly SavedGroup[];
}

const NAME = 'stages';
/** The most places that deals may be in: with more, their sums would be as large as a column. */
const MOST_PLACES = 4096;

/** The sums of all deals. */
class StageSums {
  readonly #groups: readonly Group[];

  constructor(groups: readonly Group[]) {
    this.#groups = groups;
  }

  /** Returns the sums, by currency, of the deals in the places for which `holds` is true. */
  of(holds: (place: Place) => boolean): ReadonlyMap<string, Tally> {
    const sums = new Map<string, Tally>();
    for (const group of this.#groups)
      if (holds(group)) sums.set(group.currency, plus(sums.get(group.currency) ?? NOTHING, group.tally, 1));
    return sums;
  }
}

/**
 * Returns the sums of all deals; undefined where none are kept: for a viewer from whom deals are hidden, for few deals, and
 * for deals in very many places.
 */
export function stageSumsOf(view: View, caches: SumsCaches): StageSums | undefined {
  const { state } = view;
  if (!areKept(view, caches)) return undefined;
  const key = JSON.stringify([caches.version, chancesSaid(state)]);
  const saved = caches.kept<SavedSums>(NAME, key);
  const known = saved && caches.hashOf(saved.seq) === saved.hash ? corrected(state, saved) : undefined;
  const groups = known?.groups ?? groupsOf(state);
  if (!groups) return undefined;
  const hash = caches.hashOf(state.seq);
  if (hash !== undefined && (known === undefined || known.changed >= MANY_CHANGED))
    caches.keep(NAME, key, { seq: state.seq, hash, groups: groups.map(savedGroup) } satisfies SavedSums);
  return new StageSums(groups);
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
  { seq, groups }: SavedSums,
): { readonly groups: readonly Group[]; readonly changed: number } | undefined {
  const deals = changedSince(state, 'deal', seq, MOST_CHANGED);
  if (!deals) return undefined;
  const known = groups.map(restoredGroup);
  if (deals.size === 0) return { groups: known, changed: 0 };
  const of = (side: keyof Changed) =>
    groupsOf(
      alone(
        state,
        [...deals.values()].flatMap(each => each[side] ?? []),
      ),
    )!;
  return { groups: joined([known, 1], [of('before'), -1], [of('after'), 1]), changed: deals.size };
}

/** Returns the sum of the groups with sign 1 minus those with sign -1. */
function joined(...parts: readonly (readonly [groups: readonly Group[], sign: 1 | -1])[]): Group[] {
  const all = new Map<string, Group>();
  for (const [groups, sign] of parts)
    for (const group of groups) {
      const key = JSON.stringify([group.pipeline, group.stage, group.status, group.currency]);
      all.set(key, { ...group, tally: plus(all.get(key)?.tally ?? NOTHING, group.tally, sign) });
    }
  return [...all.values()].filter(({ tally }) => tally.deals > 0);
}

const savedGroup = ({ pipeline, stage, status, currency, tally }: Group): SavedGroup => [
  ...([pipeline, stage, status, currency, tally.deals] as const),
  ...([String(tally.value), String(tally.weighted), tally.noProbability] as const),
];

const restoredGroup = (saved: SavedGroup): Group => {
  const [pipeline, stage, status, currency, deals, value, weighted, noProbability] = saved;
  return {
    ...{ pipeline, stage, status, currency },
    tally: { deals, value: BigInt(value), weighted: BigInt(weighted), noProbability },
  };
};
