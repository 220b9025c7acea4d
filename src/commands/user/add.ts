import { addUsers, roleFor } from '../../app/settings/users.ts';
import { roles } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import { reportSetting } from '../changed.ts';
import type { Command } from '../command.ts';
import { oneOf } from '../globals.ts';

export const add: Command = {
  summary: 'add a user',
  usage: 'ID',
  options: [
    { flags: '--name <NAME>', description: 'the name; else the id' },
    { flags: '--email <ADDRESS>', description: 'the e-mail address' },
    {
      flags: '--role <ROLE>',
      description: 'admin, manager, normal or restricted (normal; your own is the one that you have)',
    },
  ],
  examples: ['user add ana --name "Ana Ruiz" --email ana@example.com --role normal'],
  async run(context, args, options) {
    const [id] = args;
    if (id === undefined) throw usage('which id?', 'crm user add ana --name "Ana Ruiz"');
    const asked = options.text('role');
    const role = asked === undefined ? undefined : oneOf('--role', asked, roles);
    const committed = await context.changeSettings(async ({ view: { viewer } }, draft) => {
      const user = {
        id,
        name: options.text('name') ?? id,
        email: options.text('email'),
        role: role ?? roleFor(viewer, id),
      };
      await addUsers(draft, viewer, [user]);
      return user.role;
    });
    await reportSetting(context, committed, id);
    if (role === undefined && committed.result === 'admin')
      await context.message(`${id} is admin, being you; --role says otherwise`);
  },
};
