/** Which deals are in a stage or pipeline, and whether settings would leave some of them nowhere. */
import type { CodeColumn } from '../../state/columns/column.ts';
import { type Config, type Pipeline, pipelineOf, type Stage, stageOf } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';

/** The ids of all deals in a stage, or in the whole pipeline: open and closed. */
export function dealsIn({ state }: Draft, pipeline: Pipeline, stage?: Stage): string[] {
  const deals = state.table('deal');
  const inPipeline = deals.column('pipeline') as CodeColumn;
  const inStage = deals.column('stage') as CodeColumn;
  return deals
    .liveRows()
    .filter(
      row =>
        inPipeline.words[inPipeline.get(row)] === pipeline.id &&
        (!stage || inStage.words[inStage.get(row)] === stage.id),
    )
    .map(row => deals.id(row));
}

export const countOfDeals = (ids: readonly string[]): string =>
  ids.length === 1 ? `a deal, ${ids[0]}` : `${ids.length} deals`;

/** What settings lack that deals are in now, as the end of a sentence; undefined where they lack nothing. */
export function lacking(draft: Draft, settings: Config): string | undefined {
  for (const pipeline of draft.config.pipelines) {
    const now = pipelineOf(settings, pipeline.id);
    for (const stage of pipeline.stages) {
      if (stageOf(now, stage.id)) continue;
      const ids = dealsIn(draft, pipeline, stage);
      if (ids.length > 0) return `has the stage ${stage.id}, which holds ${countOfDeals(ids)}`;
    }
  }
  return undefined;
}
