import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { userColumns } from './columns.ts';

export const list: Command = {
  summary: 'list users',
  usage: '[FILTER...]',
  async run(context, args) {
    const { config } = await context.workspace();
    await printThings(context, Object.values(config.users), userColumns(config), u => u.id, args);
  },
};
