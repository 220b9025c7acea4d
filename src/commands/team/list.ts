import { teamsOf } from '../../app/settings/teams.ts';
import type { Command } from '../command.ts';
import { printThings } from '../output.ts';
import { teamColumns } from './columns.ts';

export const list: Command = {
  summary: 'list teams and who is in them',
  usage: '[FILTER...]',
  async run(context, args) {
    const { config } = await context.workspace();
    await printThings(context, teamsOf(config), teamColumns, t => t.id, args);
  },
};
