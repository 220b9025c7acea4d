import { addTeam } from '../../app/settings/teams.ts';
import { usage } from '../../domain/errors.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';

export const add: Command = {
  summary: 'make users a team: team:NAME in queries, access and assignment',
  usage: 'NAME USER...',
  examples: ['team add north ana ben', 'deal list owner:team:north'],
  async run(context, [name, ...members]) {
    if (name === undefined || members.length === 0)
      throw usage('which name, and which users?', 'crm team add north ana ben');
    const committed = await context.changeSettings(writer => addTeam(writer, name, members));
    await reportSetting(context, committed, name);
  },
};
