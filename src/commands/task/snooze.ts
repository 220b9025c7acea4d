import { parseField, settableField } from '../../app/core/writer.ts';
import { usage } from '../../domain/errors.ts';
import type { Goal } from '../printing/changed.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { chosen, day } from '../args/declare.ts';
import { command } from '../line/command.ts';

export const snooze = command({
  summary: 'put tasks off to another day',
  effect: 'changes',
  args: {
    words: chosen('task', { offers: 'status:open' }),
    day: day({ asks: 'to which day', example: '+2d' }),
  },
  options: [whereOption, { flags: '--earlier', description: 'also bring forward what is due later' }],
  examples: [
    'task snooze T40 +2d',
    'task snooze T40 T41 monday',
    "task snooze --where 'assignee:me due:today status:open' tomorrow",
  ],
  async run(context, { words, day }, options) {
    const choosing = { kinds: ['task'], words, options, did: 'put off', goal } as const;
    await changeAndReport(context, choosing, (writer, id) => {
      const before = writer.view.record(id).due;
      const due = parseField(settableField(writer.config, 'task', 'due'), day, writer.context(''));
      if (typeof due === 'string' && typeof before === 'string' && due < before && !options.flag('earlier'))
        throw usage(`${id} is due ${before}, which is later than ${due}`, '--earlier brings it forward');
      writer.set(id, { due });
    });
  },
});

const goal: Goal = (view, id) => String(view.state.get(id)?.due ?? '');
