/**
 * What sums of records have in common that are kept as of a transaction: where they are kept, from how many records on, and
 * up to how many changed records they are corrected.
 */
import { numberOf } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { MemorySource } from '../../state/source.ts';
import { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import { seesAll } from '../core/viewer.ts';

/** The caches of a workspace (see `Store.kept`), and what tells whether they still hold. */
export interface SumsCaches {
  kept<T extends object>(name: string, key: string): T | undefined;
  keep(name: string, key: string, value: object): void;
  /** The version of crm: another one may count otherwise. */
  readonly version: string;
  /** The number of deals from which sums are kept; left out: 16,384, because to go through fewer is as fast. */
  readonly fewest?: number;
  /** Returns the hash of a transaction; undefined if it does not exist, or is not in memory. */
  hashOf(seq: number): string | undefined;
}

const FEWEST = 16 * 1024;
/** The most changed records of a kind by which sums are corrected: reading one takes as long as some hundred in a loop. */
export const MOST_CHANGED = 64;
/** Corrected sums are kept again from this many changed records on, so that later commands have few to read. */
export const MANY_CHANGED = 16;

/** Whether a view's sums are kept: not those of few deals, or of a viewer from whom deals are hidden. */
export const areKept = ({ state, viewer }: View, { fewest = FEWEST }: SumsCaches): boolean =>
  seesAll(viewer) && state.table('deal').rows >= fewest;

/** The settings that decide how deals are weighted. */
export const chancesSaid = ({ config }: State) =>
  config.pipelines.map(({ id, stages }) => [id, ...stages.map(stage => [stage.id, stage.probability])]);

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
