/** Winning, losing and reopening: the status of a deal, which never moves its stage. */
import type { Fields } from '../../app/core/writer.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';
import { noteOf, noteOption } from './note-option.ts';
import type { Options, OptionSpec } from '../options.ts';

const statusCommand = (
  verb: string,
  did: string,
  summary: string,
  fields: (options: Options) => Fields,
  options: readonly OptionSpec[] = [],
): Command => ({
  summary,
  usage: 'ID...',
  options: [...options, noteOption, whereOption],
  examples: [`deal ${verb} D12${verb === 'lose' ? ' --reason price' : ''}`],
  async run(context, args, given) {
    const choosing = { kinds: ['deal'], words: args, options: given, did } as const;
    const note = await noteOf(context, given, args);
    await changeAndReport(context, choosing, (writer, id) => {
      writer.set(id, fields(given));
      note(writer, id);
    });
  },
});

export const win = statusCommand('win', 'won', 'mark deals as won', () => ({ status: 'won' }));

export const lose = statusCommand(
  'lose',
  'lost',
  'mark deals as lost',
  options => {
    const lostReason = options.text('reason');
    return { status: 'lost', ...(lostReason !== undefined && { lostReason }) };
  },
  [{ flags: '--reason <TEXT>', description: 'why it was lost' }],
);

export const reopen = statusCommand('reopen', 'reopened', 'open deals again', () => ({ status: 'open' }));
