import { addUsers } from '../../app/users.ts';
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
    { flags: '--role <ROLE>', description: 'admin, manager, normal or restricted (normal)' },
  ],
  examples: ['user add ana --name "Ana Ruiz" --email ana@example.com --role normal'],
  async run(context, args, options) {
    const [id] = args;
    if (id === undefined) throw usage('which id?', 'crm user add ana --name "Ana Ruiz"');
    const role = oneOf('--role', options.text('role') ?? 'normal', roles);
    const user = { id, name: options.text('name') ?? id, email: options.text('email'), role };
    const committed = await context.change((writer, draft) => addUsers(draft, writer.view.viewer, [user]));
    await reportSetting(context, committed, id);
  },
};
