import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { viewColumns } from './columns.ts';

export const list: Command = {
  summary: 'list saved views',
  usage: '[FILTER...]',
  async run(context, args) {
    const { visible: config } = await context.workspace();
    await printThings(context, config.views, viewColumns, v => v.id, args);
  },
};
