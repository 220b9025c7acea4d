/** Conflicts of a sync, as commands print them. */
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';

/** Returns a conflict as JSON has it. */
export const shownConflict = ({ id, why, by, at, change, theirs, steps = [] }: OpenConflict) => ({
  id,
  why,
  by,
  at,
  change,
  theirs: theirs ?? null,
  steps: steps.map(({ by, at, change }) => ({ by, at, change })),
});

/** Returns a conflict in a line. */
export const conflictText = ({ id, why, by, at }: OpenConflict): string =>
  `${id}: ${why.replace(/ here\b/g, ' with others').replace(/ there\b/g, ' here')} (${by}, ${at})`;
