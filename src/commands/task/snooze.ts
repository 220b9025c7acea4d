import { parseField, settableField } from '../../app/writer.ts';
import { usage } from '../../domain/errors.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

export const snooze: Command = {
  summary: 'put tasks off to another day',
  usage: 'ID... DAY',
  examples: ['task snooze T40 +2d', 'task snooze T40 T41 monday'],
  async run(context, args) {
    const day = args.at(-1);
    if (args.length < 2 || day === undefined)
      throw usage('which task, and to which day?', 'crm task snooze T40 +2d');
    const keys = await context.ids(args.slice(0, -1));
    let ids: string[] = [];
    const committed = await context.change(writer => {
      const due = parseField(settableField(writer.config, 'task', 'due'), day, writer.context(''));
      ids = keys.map(key => writer.view.find(['task'], key));
      for (const id of ids) writer.set(id, { due });
    });
    await reportChanged(context, committed, 'task', ids, 'put off');
  },
};
