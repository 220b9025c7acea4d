import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { changeUser, toSuccessor } from './change.ts';

/** Whoever did something here stays known: they only cannot act, nor get work, any more. */
export const rm: Command = {
  summary: 'let a user leave: the same as active=false',
  usage: 'USER',
  options: [toSuccessor],
  examples: ['user rm ana --successor ben'],
  async run(context, [name], options) {
    if (name === undefined) throw usage('which user?', 'crm user rm USER --successor OTHER');
    await changeUser(context, name, new Map([['active', false]]), options.text('successor'), 'deactivated');
  },
};
