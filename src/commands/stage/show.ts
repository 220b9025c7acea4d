import { stageNamed } from '../../app/core/pipelines.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { printThing } from '../output.ts';
import { stageColumns } from './columns.ts';
import { inPipeline } from './in-pipeline.ts';

export const show: Command = {
  summary: 'show a stage in full',
  usage: 'STAGE',
  options: [inPipeline],
  async run(context, args, options) {
    const [name] = args;
    if (name === undefined) throw usage('which stage?', 'crm stage show STAGE');
    const { config, viewer } = await context.workspace();
    const place = stageNamed(config, viewer, name, options.text('pipeline'));
    await printThing(context, place, stageColumns, p => p.stage.id);
  },
};
