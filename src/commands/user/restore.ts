import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { changeUser } from './change.ts';

export const restore: Command = {
  summary: 'let a user come back: the same as active=true',
  usage: 'USER',
  async run(context, [name]) {
    if (name === undefined) throw usage('which user?', 'crm user restore USER');
    await changeUser(context, name, new Map([['active', true]]), undefined, 'activated');
  },
};
