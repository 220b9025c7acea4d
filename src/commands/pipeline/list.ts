import { hasAccess } from '../../app/core/viewer.ts';
import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { pipelineColumns } from './columns.ts';

export const list: Command = {
  summary: 'list pipelines',
  usage: '[FILTER...]',
  async run(context, args) {
    const { config, viewer } = await context.workspace();
    const seen = config.pipelines.filter(p => hasAccess(p, viewer));
    await printThings(context, seen, pipelineColumns, p => p.id, args);
  },
};
