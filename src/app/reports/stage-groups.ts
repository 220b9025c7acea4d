/** Deals by where they are in their pipelines: by stage, or by group of stages. */
import type { View } from '../core/view.ts';
import { keysByWords } from '../reading/rows.ts';
import { type Pipeline, pipelineOf, stageOf } from '../../domain/config.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import { type Grouping, groupOf } from './grouping.ts';

/** By the groups that stages are in. */
export function byStageGroup(view: View): Grouping {
  const { config } = view.state;
  const names = [...new Set(view.config.pipelines.flatMap(p => p.stages.flatMap(s => s.group ?? [])))];
  return {
    none: { group: null },
    size: names.length + 1,
    ...keysByWords(
      placeColumns(view),
      ([of, id]) => names.indexOf(stageOf(pipelineOf(config, of!), id!)?.group ?? '') + 1,
    ),
    group: number => {
      const name = names[number - 1];
      return name === undefined
        ? groupOf('group', null, 'no group', 'no:group')
        : groupOf('group', name, name, `group:${name}`);
    },
    order: [...names.map((_, i) => i + 1), 0],
  };
}

/**
 * The stages of some pipelines, each pipeline with its own, in order; then stages that were taken out of a pipeline and
 * still have deals. For reports that show stages by themselves.
 */
export function byStage(view: View, pipelines: readonly Pipeline[]): Grouping {
  const [pipeline, stage] = placeColumns(view);
  const places = pipelines.flatMap(of =>
    of.stages.map(({ id, name }) => ({
      pipeline: of.id,
      stage: id,
      names: { pipeline: of.name, stage: name },
    })),
  );
  // Any pair of words may be met: stages that are gone come after those of the settings.
  const former = pipeline.words.length * stage.words.length;
  const size = places.length + former;
  return {
    none: { pipeline: null, stage: null },
    size,
    ...keysByWords([pipeline, stage], ([of, id]) => {
      const at = places.findIndex(place => place.pipeline === of && place.stage === id);
      if (at >= 0) return at;
      return places.length + pipeline.words.indexOf(of!) * stage.words.length + stage.words.indexOf(id!);
    }),
    group: number => {
      const place = places[number];
      const at = number - places.length;
      const of = place?.pipeline ?? pipeline.words[Math.floor(at / stage.words.length)]!;
      const id = place?.stage ?? stage.words[at % stage.words.length]!;
      return {
        cells: { pipeline: of, stage: id },
        labels: place?.names ?? { pipeline: of, stage: id },
        query: `pipeline:${of} stage:${id}`,
      };
    },
    order: Array.from({ length: size }, (_, number) => number),
    always: number => number < places.length,
  };
}

/** The columns that say where a deal is. */
function placeColumns(view: View): readonly [pipeline: CodeColumn, stage: CodeColumn] {
  const deals = view.state.table('deal');
  return [deals.column('pipeline') as CodeColumn, deals.column('stage') as CodeColumn];
}
