import { usage } from '../../domain/errors.ts';
import { reportAdded } from '../changed.ts';
import type { Command } from '../command.ts';

export const note: Command = {
  summary: 'write a note to a deal',
  usage: 'ID TEXT',
  examples: ['deal note D12 "prefers oak"'],
  async run(context, args) {
    const [key, ...words] = args;
    if (key === undefined || words.length === 0)
      throw usage('a note needs a deal and a text', 'crm deal note D12 "prefers oak"');
    const committed = await context.change(writer =>
      writer.add('activity', { type: 'note', for: writer.view.find(['deal'], key), text: words.join(' ') }),
    );
    await reportAdded(context, committed, 'activity');
  },
};
