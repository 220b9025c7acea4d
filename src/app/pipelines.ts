import { type Config, type Pipeline, type Stage, stageOf } from '../domain/config.ts';
import { conflict, usage } from '../domain/errors.ts';
import { fold } from '../domain/fold.ts';
import { suggestion } from '../domain/nearest.ts';
import { stageIn } from './rules/deal.ts';
import { hasAccess, type Viewer } from './viewer.ts';

/** The file of a pipeline, below the workspace. */
export const pathOf = (pipeline: Pipeline): string => `pipelines/${pipeline.id}.yaml`;

/** The pipeline of an id or name that the viewer has access to; without a name, the first. USAGE where there is none. */
export function pipelineIn(config: Config, viewer: Viewer, name: string | undefined): Pipeline {
  const known = config.pipelines.filter(p => hasAccess(p, viewer));
  const found =
    name === undefined
      ? known[0]
      : known.find(p => p.id === name || p.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  if (name === undefined) throw usage('the workspace has no pipeline', 'crm pipeline add NAME');
  throw usage(
    `unknown pipeline ${JSON.stringify(name)}`,
    suggestion(
      name,
      known.map(p => p.id),
      'pipelines',
    ),
  );
}

/** A stage with its pipeline, as a command names it. */
export interface Place {
  readonly pipeline: Pipeline;
  readonly stage: Stage;
}

/**
 * The stage of an id or name, in the named pipeline or in the only one that has it. USAGE where there is none,
 * CONFLICT where several pipelines have one.
 */
export function stageNamed(
  config: Config,
  viewer: Viewer,
  name: string,
  pipelineName: string | undefined,
): Place {
  if (pipelineName !== undefined) {
    const pipeline = pipelineIn(config, viewer, pipelineName);
    return { pipeline, stage: stageOf(pipeline, stageIn(pipeline, name, config))! };
  }
  const places = config.pipelines
    .filter(pipeline => hasAccess(pipeline, viewer))
    .flatMap(pipeline => pipeline.stages.map(stage => ({ pipeline, stage })));
  const byId = places.filter(({ stage }) => stage.id === name);
  const found = byId.length > 0 ? byId : places.filter(({ stage }) => fold(stage.name) === fold(name));
  if (found.length > 1)
    throw conflict(
      `the stage ${name} is in ${found.map(({ pipeline }) => pipeline.id).join(' and ')}`,
      `--pipeline ${found[0]!.pipeline.id}`,
    );
  if (found[0]) return found[0];
  const ids = [...new Set(places.map(({ stage }) => stage.id))];
  throw usage(`unknown stage ${JSON.stringify(name)}`, suggestion(name, ids, 'stages'));
}
