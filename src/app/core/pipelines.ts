import type { Config, Pipeline, Stage } from '../../domain/config.ts';
import { conflict, failed, usage } from '../../domain/errors.ts';
import { fold } from '../../domain/fold.ts';
import { suggestion } from '../../domain/nearest.ts';
import { hasAccess, type Viewer } from './viewer.ts';

/** The file of a pipeline, below the workspace. */
export const pathOf = (pipeline: Pipeline): string => `pipelines/${pipeline.id}.yaml`;

/**
 * Returns the pipeline with an id or name, if the viewer has access to it; without a name, the first. USAGE if there
 * is none.
 */
export function pipelineIn(config: Config, viewer: Viewer, name: string | undefined): Pipeline {
  const known = config.pipelines.filter(p => hasAccess(p, viewer));
  const found =
    name === undefined
      ? known[0]
      : known.find(p => p.id === name || p.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  if (config.pipelines.length === 0) throw usage('the workspace has no pipeline', 'crm pipeline add NAME');
  if (name === undefined)
    throw failed(`${viewer.user} has access to no pipeline`, 'an admin can give access in pipelines/ID.yaml');
  throw usage(
    `unknown pipeline ${JSON.stringify(name)}`,
    suggestion(
      name,
      known.map(p => p.id),
      'pipelines',
    ),
  );
}

/** Returns a pipeline's stage by its id or name; USAGE with the pipeline that has it, or the nearest stage. */
export function stageIn(pipeline: Pipeline, name: string, config: Config, viewer: Viewer): Stage {
  // The usual case, asked at every row of an import.
  for (const stage of pipeline.stages) if (stage.id === name) return stage;
  const lower = name.toLowerCase();
  const find = ({ stages }: Pipeline) =>
    stages.find(s => s.id === name) ?? stages.find(s => s.id === lower || s.name.toLowerCase() === lower);
  const found = find(pipeline);
  if (found) return found;
  const elsewhere = config.pipelines.find(p => find(p) && hasAccess(p, viewer));
  if (elsewhere)
    throw usage(
      `the pipeline ${pipeline.id} has no stage ${JSON.stringify(name)}; ${elsewhere.id} has`,
      `--pipeline ${elsewhere.id}`,
    );
  if (pipeline.stages.length === 0)
    throw usage(`the pipeline ${pipeline.id} has no stages`, `crm stage add NAME --pipeline ${pipeline.id}`);
  const ids = pipeline.stages.map(s => s.id);
  throw usage(`unknown stage ${JSON.stringify(name)}`, suggestion(name, ids, 'stage is one of'));
}

/** A stage with its pipeline, as a command names it. */
export interface Place {
  readonly pipeline: Pipeline;
  readonly stage: Stage;
}

/**
 * Returns the stage with an id or name, in the named pipeline or in the only one that has it. USAGE if no pipeline
 * has it, CONFLICT if several have it.
 */
export function stageNamed(
  config: Config,
  viewer: Viewer,
  name: string,
  pipelineName: string | undefined,
): Place {
  if (pipelineName !== undefined) {
    const pipeline = pipelineIn(config, viewer, pipelineName);
    return { pipeline, stage: stageIn(pipeline, name, config, viewer) };
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
