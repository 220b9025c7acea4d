import { pipelineIn } from '../../app/core/pipelines.ts';
import type { Command } from '../command.ts';
import { printThing } from '../output.ts';
import { pipelineColumns } from './columns.ts';

export const show: Command = {
  summary: 'show a pipeline in full; the first where none is named',
  usage: '[PIPELINE]',
  async run(context, [name]) {
    const { config, viewer } = await context.workspace();
    const columns = pipelineColumns.map(column => ({ ...column, jsonOnly: false }));
    await printThing(context, pipelineIn(config, viewer, name), columns, p => p.id);
  },
};
