import { changeAndReport, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';

export const reopen: Command = {
  summary: 'open tasks again',
  usage: 'ID...',
  options: [whereOption],
  async run(context, args, options) {
    const choosing = { kinds: ['task'], words: args, options, did: 'reopened' } as const;
    await changeAndReport(context, choosing, (writer, id) => writer.set(id, { status: 'open' }));
  },
};
