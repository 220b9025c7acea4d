import { usage } from '../../domain/errors.ts';
import { parseUser } from '../../domain/field-types.ts';
import type { Deal } from '../../domain/records.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

export const assign: Command = {
  summary: 'give deals an owner',
  usage: 'ID... USER|auto|none',
  examples: ['deal assign D12 D13 ana', 'deal assign D14 auto'],
  async run(context, args) {
    const user = args.at(-1);
    if (args.length < 2 || user === undefined)
      throw usage('which deal, and to whom?', 'crm deal assign D12 ana');
    const keys = await context.ids(args.slice(0, -1));
    let ids: string[] = [];
    const committed = await context.change(writer => {
      ids = keys.map(key => writer.view.find(['deal'], key));
      for (const id of ids) {
        const { pipeline } = writer.view.record(id) as Deal;
        const owner =
          user === 'auto' ? writer.autoOwner(pipeline) : parseUser(user, 'owner', writer.context(''));
        writer.set(id, { owner });
      }
    });
    await reportChanged(context, committed, 'deal', ids, 'assigned');
  },
};
