import { usage } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { Command } from '../command.ts';
import { printThing } from '../output.ts';
import { userColumns } from './columns.ts';

export const show: Command = {
  summary: 'show a user; the acting one is me',
  usage: 'USER',
  examples: ['user show ana', 'user show me'],
  async run(context, [name]) {
    const { config, viewer } = await context.workspace();
    const id = name === undefined ? null : parseUser(name, 'user', { config, me: viewer.user });
    if (id === null) throw usage('which user?', 'crm user show USER');
    await printThing(context, config.users[id]!, userColumns(config), u => u.id);
  },
};
