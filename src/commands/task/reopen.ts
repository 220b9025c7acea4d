import { changeAndReport, whereOption } from '../choose.ts';
import { chosen } from '../args/declare.ts';
import { command } from '../line/command.ts';

export const reopen = command({
  summary: 'open tasks again',
  effect: 'changes',
  args: { words: chosen('task', { offers: 'status:done' }) },
  options: [whereOption],
  examples: ['task reopen T40', "task reopen --where 'for:D12 done:today'"],
  async run(context, { words }, options) {
    const choosing = { kinds: ['task'], words, options, did: 'reopened' } as const;
    await changeAndReport(context, choosing, (writer, id) => writer.set(id, { status: 'open' }));
  },
});
