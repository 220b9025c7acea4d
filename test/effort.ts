/**
 * How much is tried where more could always be: `CRM_RUNS=10 npm test` tries ten times as many runs of the properties that
 * go through whole commands, and every pair of the tables that are otherwise tried in turns.
 */

const factor = Number(process.env.CRM_RUNS ?? 1);
if (!(factor > 0)) throw new Error(`CRM_RUNS=${process.env.CRM_RUNS} is not a number over 0`);

/** The number of runs of a property, of which `usual` are enough to find the faults that it is for. */
export const runs = (usual: number): number => Math.max(1, Math.round(usual * factor));

/** Whether the nth of what is tried in turns has its turn in round `round` of `rounds`; with CRM_RUNS over 1 it always has. */
export const isDue = (nth: number, round: number, rounds: number): boolean =>
  factor > 1 || (nth + round) % rounds === 0;
