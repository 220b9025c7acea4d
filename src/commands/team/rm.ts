import { removeTeam, teamNamed } from '../../app/settings/teams.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged } from '../setting.ts';

export const rm: Command = {
  summary: 'remove a team that nothing names any more; its users stay',
  usage: 'NAME',
  async run(context, [name]) {
    if (name === undefined) throw usage('which team?', 'crm team rm NAME');
    const committed = await context.changeSettings(async writer => {
      const team = teamNamed(writer.config, name);
      await removeTeam(writer, team);
      return team.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? name, 'removed');
  },
};
