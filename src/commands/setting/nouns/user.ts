import type { HandedOver } from '../../../app/settings/hand-over.ts';
import { setUser, userKeys, userNamed } from '../../../app/settings/set-user.ts';
import type { SettingValues } from '../../../app/settings/setting-keys.ts';
import { addUsers, roleFor } from '../../../app/settings/users.ts';
import type { Writer } from '../../../app/core/writer.ts';
import type { Role, User } from '../../../domain/config.ts';
import { series } from '../../../domain/series.ts';
import { plural } from '../../../ui/words.ts';
import type { OptionSpec } from '../../line/options.ts';
import { text, user as userWord } from '../../args/declare.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { valuesGiven } from '../key-options.ts';
import { groundOf, type Notes, settingNoun } from '../noun.ts';

const toSuccessor: OptionSpec = {
  flags: '--successor <USER>',
  description: 'the user who takes over the open deals, tasks, customers and rules of a user who leaves',
};

/** A user who did something here stays known, but can no longer act or get work. */
export const user = settingNoun<User>({
  name: 'user',
  many: 'users',
  named: () => ({ name: userWord() }),
  newNamed: () => ({ id: text('ID', 'which id', { example: 'ana' }) }),
  sample: { one: 'ana', other: 'ben', renamed: '"Ana Ruiz-Bos"', filter: 'role:manager' },
  verbs: {
    add: {
      examples: [
        'user add ana --name "Ana Ruiz" --email ana@example.com --role normal',
        'user add ben --role manager',
      ],
    },
    show: { summary: 'show a user; the acting one is me', examples: ['user show ana', 'user show me'] },
    set: {
      options: [toSuccessor],
      examples: ['user set ana role=manager', 'user set ana active=false --successor ben'],
    },
    rm: {
      summary: 'let a user leave: the same as active=false',
      options: [toSuccessor],
      examples: ['user rm ana', 'user rm ana --successor ben'],
      did: 'deactivated',
    },
    restore: {
      args: { name: userWord() },
      summary: 'let a user come back: the same as active=true',
      did: 'activated',
    },
  },
  columns({ teams }) {
    const teamsOf = (id: string) => Object.keys(teams).filter(team => teams[team]!.includes(id));
    return [
      plainColumn('id', user => user.id),
      plainColumn('name', user => user.name),
      plainColumn('email', user => user.email),
      plainColumn('role', user => user.role),
      plainColumn('active', user => user.active),
      plainColumn('teams', user => teamsOf(user.id)),
      { ...plainColumn<User>('away', user => user.away), jsonOnly: true },
      { ...plainColumn<User>('notify', user => user.notify), jsonOnly: true },
      { ...plainColumn<User>('signature', user => user.signature), jsonOnly: true },
    ];
  },
  idOf: user => user.id,
  all: ({ config }) => Object.values(config.users),
  find: ({ config, viewer }, [name]) => userNamed(config, viewer, name!),
  keys: userKeys,
  add({ args, options }) {
    const id = args[0]!;
    const values = valuesGiven('user', userKeys, options);
    return {
      id,
      async decide({ draft, view: { viewer } }) {
        const role = (values.get('role') as Role | undefined) ?? roleFor(viewer, id);
        const name = (values.get('name') as string | undefined) ?? id;
        await addUsers(draft, viewer, [{ id, name, email: values.get('email') as string | undefined, role }]);
        if (!values.has('role') && role === 'admin')
          return [`${id} is admin, being you; --role says otherwise`];
      },
    };
  },
  set: (writer, user, { values, options }) => change(writer, user, values, options.text('successor')),
  rm: (writer, user, options) =>
    change(writer, user, new Map([['active', false]]), options.text('successor')),
  async restore(writer, _journal, [name]) {
    const { config, viewer } = groundOf(writer);
    await setUser(writer, userNamed(config, viewer, name!), new Map([['active', true]]), undefined);
  },
});

async function change(
  writer: Writer,
  user: User,
  values: SettingValues,
  successor: string | undefined,
): Promise<Notes> {
  const handed = await setUser(writer, user, values, successor);
  if (handed) return notesOf(user.id, handed);
}

/** Says who takes over what, and where a user who leaves is still named. */
function notesOf(id: string, handed: HandedOver): string[] {
  const all = (
    [
      ['deals', 'open deal'],
      ['tasks', 'open task'],
      ['contacts', 'contact'],
      ['accounts', 'account'],
      ['automations', 'automation'],
    ] as const
  ).flatMap(([what, noun]) => (handed[what] > 0 ? [plural(handed[what], noun)] : []));
  return [
    ...(handed.to === undefined ? [] : [`${handed.to} takes over ${series(all) || 'nothing'}`]),
    ...(handed.namedAt.length > 0 ? [`queries still name ${id}: ${handed.namedAt.join(', ')}`] : []),
  ];
}
