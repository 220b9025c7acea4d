/** Finds deals that have been in their stage for too long: `rotting:` of the stage says how long that is. */
import { type Config, pipelineOf, stageOf } from '../domain/config.ts';
import type { CodeColumn, NumberColumn } from '../state/columns/column.ts';
import { wordTest } from './derived.ts';
import type { Scope } from './scope.ts';

/** Returns the shortest time after which a deal rots in some stage, in milliseconds; Infinity if no stage says one. */
const leastRotting = (config: Config): number =>
  Math.min(...config.pipelines.flatMap(p => p.stages.map(s => s.rotting ?? Number.POSITIVE_INFINITY)));

/** Whether a deal may rot in any stage. */
export const mayRot = (config: Config): boolean => leastRotting(config) < Number.POSITIVE_INFINITY;

/** Returns a test of whether the deal of a row is open and has been in its stage for longer than that stage allows. */
export function rotting(scope: Scope): (row: number) => boolean {
  const { state, clock } = scope;
  const least = leastRotting(state.config);
  if (least === Number.POSITIVE_INFINITY) return () => false;
  const deals = state.table('deal');
  const pipeline = deals.column('pipeline') as CodeColumn;
  const stage = deals.column('stage') as CodeColumn;
  const since = deals.column('stageSince') as NumberColumn;
  const status = deals.column('status') as CodeColumn;
  const isOpen = wordTest(status, word => word === 'open');
  /** By the codes of the pipeline and the stage. */
  const limits: number[][] = [];
  const limitOf = (row: number): number => {
    const inPipeline = pipeline.get(row);
    const inStage = stage.get(row);
    const ofStages = (limits[inPipeline] ??= []);
    return (ofStages[inStage] ??=
      stageOf(pipelineOf(state.config, pipeline.words[inPipeline]!), stage.words[inStage]!)?.rotting ??
      Number.POSITIVE_INFINITY);
  };
  // A deal that moved recently rots in no stage, which settles most deals without looking at their stage.
  return row => {
    const age = clock.now - since.get(row);
    return age > least && isOpen(status.get(row)) && age > limitOf(row);
  };
}
