import { restoreEntry } from '../../../app/settings/restore-setting.ts';
import {
  addTeam,
  removeTeam,
  setTeam,
  type Team,
  teamKeys,
  teamNamed,
  teamsOf,
} from '../../../app/settings/teams.ts';
import { several, team as teamWord, text, user } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { neverWas } from '../never-was.ts';
import { settingNoun } from '../noun.ts';

export const team = settingNoun<Team>({
  name: 'team',
  many: 'teams and their members',
  named: () => ({ name: teamWord() }),
  newNamed: () => ({
    name: text('NAME', 'which name', { example: 'north' }),
    users: several(user({ asks: 'which users' })),
  }),
  sample: { one: 'north', other: 'south', renamed: 'benelux', filter: 'members:ana' },
  verbs: {
    add: {
      summary: 'make users a team: team:NAME in queries, access and assignment',
      examples: ['team add north ana ben', 'team add south cho', 'deal list owner:team:north'],
    },
    set: {
      summary: 'change the members of a team: +USER, -USER, or members=...',
      examples: ['team set north +cho -ben', 'team set north members=ana,cho'],
    },
    rm: { summary: 'remove a team that nothing names any more; its users stay' },
  },
  columns: () => [plainColumn('id', team => team.id), plainColumn('members', team => team.members)],
  idOf: team => team.id,
  all: ({ config }) => teamsOf(config),
  find: ({ config }, [name]) => teamNamed(config, name!),
  keys: teamKeys,
  signs: 'members',
  add({ args: [name, ...members] }) {
    return { id: name!, decide: writer => addTeam(writer, name!, members) };
  },
  set(writer, team, { values, signs }) {
    const { members } = { ...team, ...Object.fromEntries(values) } as Team;
    return setTeam(writer, team, members ?? [], signs);
  },
  async rename(writer, thing, id) {
    const { renameTeam } = await import('../../../app/settings/rename/rename-team.ts');
    return renameTeam(writer, thing, id);
  },
  rm: removeTeam,
  restore(writer, journal, [name]) {
    const id = name!.replace(/^team:/, '');
    return restoreEntry(writer, journal, ['teams', id], neverWas('team', id));
  },
});
