import { parseField, settableField } from '../app/writer.ts';
import { usage } from '../domain/errors.ts';
import { activityTypes } from '../domain/fields.ts';
import { reportAdded } from './changed.ts';
import type { Command } from './command.ts';
import { oneOf } from './globals.ts';

export const log: Command = {
  summary: 'log a call, an e-mail, a meeting or a note',
  usage: 'call|email|meeting|note ID TEXT',
  options: [{ flags: '--at <TIME>', description: 'when it was; else now' }],
  examples: [
    'log call D12 "asked for a discount"',
    'log meeting acme --at 2026-05-03 "shown the oak tables"',
  ],
  async run(context, args, options) {
    const [type, key, ...words] = args;
    if (type === undefined || key === undefined)
      throw usage('what happened, and with whom?', 'crm log call D12 "asked for a discount"');
    const known = oneOf('log', type, activityTypes);
    if (known === 'note' && words.length === 0)
      throw usage('a note needs a text', 'crm log note D12 "prefers oak"');
    const committed = await context.change(writer => {
      const at = options.text('at');
      return writer.add('activity', {
        type: known,
        for: writer.view.find(['deal', 'contact', 'account'], key),
        text: words.join(' '),
        ...(at !== undefined && {
          at: parseField(settableField(writer.config, 'activity', 'at'), at, writer.context('')),
        }),
      });
    });
    await reportAdded(context, committed, 'activity');
  },
};
