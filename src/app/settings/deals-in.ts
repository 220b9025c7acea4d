/** Which deals are in a stage or pipeline, and whether settings would leave some of them nowhere. */
import type { CodeColumn } from '../../domain/columns.ts';
import { type Config, type Pipeline, pipelineOf, type Stage, stageOf } from '../../domain/config.ts';
import type { Draft } from '../../domain/draft.ts';
import { parseId } from '../../domain/kinds.ts';

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

/** The ids of the deals in the trash that would come back to a stage, or to a pipeline. */
export const trashedDealsIn = ({ state }: Draft, pipeline: Pipeline, stage?: Stage): string[] =>
  [...state.trash().values()]
    .filter(
      ({ id, record }) =>
        parseId(id)!.kind === 'deal' &&
        record.pipeline === pipeline.id &&
        (!stage || record.stage === stage.id),
    )
    .map(({ id }) => id);

export function countOfDeals(ids: readonly string[], trashed: readonly string[] = []): string {
  const all = [...ids, ...trashed];
  const text = all.length === 1 ? `a deal, ${all[0]}` : `${all.length} deals`;
  if (trashed.length === 0) return text;
  return `${text}${all.length === 1 ? ', in the trash' : `, ${trashed.length} of them in the trash`}`;
}

/** What settings lack that deals are in now, as the end of a sentence; undefined where they lack nothing. */
export function lacking(draft: Draft, settings: Config): string | undefined {
  for (const pipeline of draft.config.pipelines) {
    const now = pipelineOf(settings, pipeline.id);
    for (const stage of pipeline.stages) {
      if (stageOf(now, stage.id)) continue;
      const ids = dealsIn(draft, pipeline, stage);
      const trashed = trashedDealsIn(draft, pipeline, stage);
      if (ids.length + trashed.length > 0)
        return `has the stage ${stage.id}, which holds ${countOfDeals(ids, trashed)}`;
    }
  }
  return undefined;
}
