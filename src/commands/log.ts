import type { Kinds } from '../domain/kinds.ts';
import { parseField, settableField } from '../app/core/writer.ts';
import { reportAdded } from './changed.ts';
import { changeChosen, isByQuery, ofOption, whereOption } from './choose.ts';
import type { Command } from './command.ts';
import { oneOf } from './globals.ts';
import { usage } from '../domain/errors.ts';
import { activityTypes } from '../kinds/activity.ts';

const subjects = ['deal', 'contact', 'account'] as const;

export const log = (kinds: Kinds): Command => ({
  summary: 'log a call, an e-mail, a meeting or a note',
  usage: 'call|email|meeting|note ID TEXT',
  options: [
    { flags: '--at <TIME>', description: 'when it was; else now' },
    whereOption,
    ofOption(kinds, subjects),
  ],
  examples: [
    'log call D12 "asked for a discount"',
    'log meeting acme --at 2026-05-03 "shown the oak tables"',
  ],
  async run(context, args, options) {
    const [type, ...rest] = args;
    const words = !isByQuery(options) ? rest.slice(0, 1) : [];
    const text = rest.slice(words.length).join(' ');
    if (type === undefined || (words.length === 0 && rest.length === 0))
      throw usage('what happened, and with whom?', 'crm log call D12 "asked for a discount"');
    const known = oneOf('log', type, activityTypes);
    if (known === 'note' && text === '') throw usage('a note needs a text', 'crm log note D12 "prefers oak"');
    const at = options.text('at');
    const choosing = { kinds: subjects, words, options, asks: `log a ${known} with` };
    const { committed } = await changeChosen(context, choosing, (writer, id) => {
      writer.add('activity', {
        type: known,
        for: id,
        text,
        ...(at !== undefined && {
          at: parseField(settableField(writer.config, 'activity', 'at'), at, writer.context('')),
        }),
      });
    });
    await reportAdded(context, committed, 'activity');
  },
});
