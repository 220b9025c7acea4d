import { usage } from '../../domain/errors.ts';
import { reportAdded } from '../changed.ts';
import { typedText } from '../typed-text.ts';
import { changeChosen, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';

export const note: Command = {
  summary: 'write a note to a deal',
  usage: 'ID TEXT',
  options: [whereOption],
  examples: ['deal note D12 "prefers oak"', 'deal note --where \'owner:ben is:open\' "Ana takes over"'],
  async run(context, args, options) {
    const named = !isByQuery(options) ? 1 : 0;
    const typed = args.slice(named).join(' ');
    if (args.length <= named)
      throw usage('a note needs a deal and a text', 'crm deal note D12 "prefers oak"');
    const text = await typedText(context, typed, args.slice(0, named).includes('-'));
    const choosing = {
      kinds: ['deal'],
      words: args.slice(0, named),
      options,
      asks: 'write a note to',
    } as const;
    const { committed } = await changeChosen(context, choosing, (writer, id) => {
      writer.add('activity', { type: 'note', for: id, text });
    });
    await reportAdded(context, committed, 'activity');
  },
};
