import type { SumsCaches } from '../app/reading/kept-sums.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { hashOf, type Opened } from '../store/checkpoint/opened.ts';

/** Returns the caches of sums as of a store that was opened. */
export const sumsCachesOf = ({ store, world }: Workspace, opened: Opened): SumsCaches => ({
  kept: <T extends object>(name: string, key: string) => store.kept<T>(name, key),
  keep: (name, key, value) => store.keep(name, key, value),
  version: world.version,
  ...(world.sumsFrom !== undefined && { fewest: world.sumsFrom }),
  hashOf: seq => hashOf(opened, seq),
});
