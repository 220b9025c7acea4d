/**
 * Keeps sums of all deals as of a transaction, whose hash stands for everything before it, and corrects them by the records
 * that changed since, so that a command need not go through all records.
 */
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { findField } from '../../kinds/fields.ts';
import { MemorySource } from '../../state/source.ts';
import { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';
import { NOTHING, plus, type Tally } from './tally.ts';

/** The caches of a workspace (see `Store.kept`), and what tells whether they still hold. */
export interface SumsCaches {
  kept<T extends object>(name: string, key: string): T | undefined;
  keep(name: string, key: string, value: object): void;
  /** The version of crm: another one may count otherwise. */
  readonly version: string;
  /** The number of deals from which sums are kept (default: 16,384, because to go through fewer is as fast). */
  readonly fewest?: number;
  /** The number of first deals that are kept of each group (default: 40, see `first-deals.ts`). */
  readonly firsts?: number;
  /** Returns the hash of a transaction; undefined if it does not exist, or is not in memory. */
  hashOf(seq: number): string | undefined;
}

const FEWEST = 16 * 1024;
/** The most changed records of a kind by which sums are corrected: reading one takes as long as some hundred in a loop. */
export const MOST_CHANGED = 64;
/** Corrected sums are kept again from this many changed records on, so that later commands have few to read. */
const MANY_CHANGED = 16;

/** The transaction as of which sums were kept. */
interface AsOf {
  readonly seq: number;
  readonly hash: string;
}

/** Sums of one sort: how they are made, and how JSON has them. */
interface Sort<Sums, Saved extends object> {
  readonly name: string;
  /** The settings on which these sums depend, beside those that weight deals. */
  readonly settings?: unknown;
  /** Goes through all records; returns undefined if their sums would be too large to be worth keeping. */
  summed(): Sums | undefined;
  saved(sums: Sums): Saved;
  /** Returns the sums of the present, and how many records changed since; undefined if these are too many. */
  corrected(saved: Saved & AsOf): { readonly sums: Sums; readonly changed: number } | undefined;
}

/**
 * Returns the sums of the present, and keeps them; undefined if none are kept: for few deals, for sums that would be too large,
 * and for a viewer from whom deals are hidden.
 */
export function presentSums<Sums, Saved extends object>(
  { state, viewer }: View,
  caches: SumsCaches,
  { name, settings, summed, saved, corrected }: Sort<Sums, Saved>,
): Sums | undefined {
  if (!seesAll(viewer) || state.table('deal').rows < (caches.fewest ?? FEWEST)) return undefined;
  const key = JSON.stringify([caches.version, weightsIn(state), settings]);
  const kept = caches.kept<Saved & AsOf>(name, key);
  const known = kept && caches.hashOf(kept.seq) === kept.hash ? corrected(kept) : undefined;
  const sums = known?.sums ?? summed();
  if (!sums) return undefined;
  const hash = caches.hashOf(state.seq);
  if (hash !== undefined && (known === undefined || known.changed >= MANY_CHANGED))
    caches.keep(name, key, { seq: state.seq, hash, ...saved(sums) });
  return sums;
}

/** Returns the settings that decide how deals are weighted. */
const weightsIn = ({ config }: State) => [
  // A custom field with this name takes the place of the probabilities that deals have themselves.
  findField(config, 'deal', 'probability')?.custom,
  config.pipelines.map(({ id, stages }) => [id, ...stages.map(stage => [stage.id, stage.probability])]),
];

/** Returns a state with some deals and nothing else. */
export function alone({ config }: State, deals: readonly Rec[]): State {
  const sorted = [...deals].sort((a, b) => numberOf(a.id) - numberOf(b.id));
  return new State(
    {
      seq: 0,
      seqOf: () => 0,
      source: kind => new MemorySource(kind === 'deal' ? sorted : []),
      named: () => [],
      trash: () => [],
      next: () => 1,
    },
    config,
  );
}

/** The deals that have something in common, added up. */
interface Group {
  readonly tally: Tally;
}

/** Returns the sums of groups by currency. */
export function byCurrency(groups: Iterable<Group & { readonly currency: string }>): Map<string, Tally> {
  const sums = new Map<string, Tally>();
  for (const { currency, tally } of groups) sums.set(currency, plus(sums.get(currency) ?? NOTHING, tally, 1));
  return sums;
}

/** Returns the sum of the groups with sign 1 minus those with sign -1; `keyOf` says what the deals of a group have in common. */
export function joined<G extends Group>(
  keyOf: (group: G) => string,
  ...parts: readonly (readonly [groups: readonly G[], sign: 1 | -1])[]
): G[] {
  const all = new Map<string, G>();
  for (const [groups, sign] of parts)
    for (const group of groups) {
      const key = keyOf(group);
      all.set(key, { ...group, tally: plus(all.get(key)?.tally ?? NOTHING, group.tally, sign) });
    }
  return [...all.values()].filter(({ tally }) => tally.deals > 0);
}

/** A tally as JSON has it. */
export type SavedTally = readonly [deals: number, value: string, weighted: string, noProbability: number];

export const savedTally = ({ deals, value, weighted, noProbability }: Tally): SavedTally => [
  deals,
  String(value),
  String(weighted),
  noProbability,
];

/** Returns the tally that `savedTally` saved. */
export const restoredTally = ([deals, value, weighted, noProbability]: SavedTally): Tally => ({
  deals,
  value: BigInt(value),
  weighted: BigInt(weighted),
  noProbability,
});
