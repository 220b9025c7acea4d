import { usage } from '../../domain/errors.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

export const reopen: Command = {
  summary: 'open tasks again',
  usage: 'ID...',
  async run(context, args) {
    if (args.length === 0) throw usage('which task?', 'crm task reopen T40');
    const keys = await context.ids(args);
    let ids: string[] = [];
    const committed = await context.change(writer => {
      ids = keys.map(key => writer.view.find(['task'], key));
      for (const id of ids) writer.set(id, { status: 'open' });
    });
    await reportChanged(context, committed, 'task', ids, 'reopened');
  },
};
