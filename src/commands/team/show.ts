import { teamNamed } from '../../app/settings/teams.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { printThing } from '../output.ts';
import { teamColumns } from './columns.ts';

export const show: Command = {
  summary: 'show a team',
  usage: 'NAME',
  async run(context, [name]) {
    if (name === undefined) throw usage('which team?', 'crm team show NAME');
    const { config } = await context.workspace();
    await printThing(context, teamNamed(config, name), teamColumns, t => t.id);
  },
};
