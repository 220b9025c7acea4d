import { userKeys } from '../../app/settings/set-user.ts';
import { readSettings } from '../../app/settings/setting-keys.ts';
import type { Command } from '../command.ts';
import { wordAndPairs } from '../setting.ts';
import { changeUser, toSuccessor } from './change.ts';

export const set: Command = {
  summary: `change a user: ${Object.keys(userKeys).join(', ')}`,
  usage: 'USER KEY=VALUE...',
  options: [toSuccessor],
  examples: ['user set ana role=manager', 'user set ana active=false --successor ben'],
  async run(context, args, options) {
    const { word, pairs } = wordAndPairs('user', args, 'USER role=manager');
    const values = readSettings('user', userKeys, pairs);
    await changeUser(context, word, values, options.text('successor'), 'changed');
  },
};
