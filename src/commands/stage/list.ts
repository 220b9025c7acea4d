import { pipelineIn } from '../../app/core/pipelines.ts';
import { hasAccess } from '../../app/core/viewer.ts';
import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { stageColumns } from './columns.ts';

export const list: Command = {
  summary: 'list the stages of a pipeline, or of all',
  usage: '[FILTER...]',
  options: [{ flags: '--pipeline <PIPELINE>', description: 'of this one only' }],
  async run(context, args, options) {
    const { config, viewer } = await context.workspace();
    const name = options.text('pipeline');
    const pipelines =
      name === undefined
        ? config.pipelines.filter(p => hasAccess(p, viewer))
        : [pipelineIn(config, viewer, name)];
    const places = pipelines.flatMap(pipeline => pipeline.stages.map(stage => ({ pipeline, stage })));
    await printThings(context, places, stageColumns, p => p.stage.id, args);
  },
};
