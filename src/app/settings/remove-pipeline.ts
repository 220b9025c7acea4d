/** Removes a pipeline, and moves its deals to another one. */
import { moveUses } from './move-uses.ts';
import { pathOf, pipelineIn, type Place, stageIn, stageNamed } from '../core/pipelines.ts';
import { takeOut } from './settings.ts';
import { nameOf, requireReplacement, usesOf } from './uses.ts';
import type { Setting } from '../core/named-settings.ts';
import type { Viewer } from '../core/viewer.ts';
import type { Writer } from '../core/writer.ts';
import type { Config, Pipeline } from '../../domain/config.ts';

/**
 * Removes a pipeline's file; its deals go to a stage of another one: `STAGE`, `PIPELINE/STAGE`. Returns how many.
 * USAGE if it holds deals and `moveTo` is left out, FAILED if something else still names the pipeline.
 */
export async function removePipeline(
  writer: Writer,
  pipeline: Pipeline,
  moveTo: string | undefined,
): Promise<number> {
  const { draft, view, config } = writer;
  const setting: Setting = { type: 'pipeline', id: pipeline.id };
  const uses = usesOf(draft, setting);
  const target = moveTo === undefined ? undefined : placeElsewhere(config, view.viewer, pipeline, moveTo);
  requireReplacement(config, setting, uses, target, '--move-to PIPELINE/STAGE');
  if (target) {
    const place = { pipeline: target.pipeline.id, stage: target.stage.id };
    moveUses(writer, uses, () => place);
  }
  // Only now: an undo takes back the last first, so that the deals return to a pipeline that is there.
  await takeOut(draft, view.viewer, pathOf(pipeline), nameOf(setting), null);
  return uses.length;
}

/** A stage of the other pipelines, by `STAGE` or `PIPELINE/STAGE`. */
function placeElsewhere(config: Config, viewer: Viewer, { id }: Pipeline, text: string): Place {
  const others = { ...config, pipelines: config.pipelines.filter(p => p.id !== id) };
  const slash = text.indexOf('/');
  if (slash < 0) return stageNamed(others, viewer, text, undefined);
  const pipeline = pipelineIn(others, viewer, text.slice(0, slash));
  return { pipeline, stage: stageIn(pipeline, text.slice(slash + 1), others, viewer) };
}
