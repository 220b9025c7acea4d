import { readSettings } from '../../app/settings/setting-keys.ts';
import { setTeam, teamKeys, teamNamed } from '../../app/settings/teams.ts';
import type { Command } from '../command.ts';
import { reportSettingChanged, wordAndPairs } from '../setting.ts';

export const set: Command = {
  summary: 'change who is in a team: +USER, -USER, or members=...',
  usage: 'NAME [+USER...] [-USER...]',
  examples: ['team set north +cho -ben', 'team set north members=ana,cho'],
  dashes: true,
  async run(context, args) {
    const changes = args.slice(1).filter(word => /^[+-]./.test(word));
    const { word, pairs } =
      changes.length > 0 && changes.length === args.length - 1
        ? { word: args[0]!, pairs: [] }
        : wordAndPairs('team', args, 'NAME +USER -USER');
    const values = readSettings('team', teamKeys, pairs);
    const committed = await context.changeSettings(async writer => {
      const team = teamNamed(writer.config, word);
      const members = values.has('members')
        ? ((values.get('members') as string[] | undefined) ?? [])
        : team.members;
      await setTeam(writer, team, members, changes);
      return team.id;
    });
    await reportSettingChanged(context, committed, committed.result ?? word, 'changed');
  },
};
