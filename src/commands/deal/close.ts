/** Winning, losing and reopening: the status of a deal, which never moves its stage. */
import type { Fields } from '../../app/writer.ts';
import { usage } from '../../domain/errors.ts';
import { reportChanged } from '../changed.ts';
import type { Command, OptionSpec, Options } from '../command.ts';

const statusCommand = (
  verb: string,
  did: string,
  summary: string,
  fields: (options: Options) => Fields,
  options: readonly OptionSpec[] = [],
): Command => ({
  summary,
  usage: 'ID...',
  options,
  examples: [`deal ${verb} D12${verb === 'lose' ? ' --reason price' : ''}`],
  async run(context, args, given) {
    if (args.length === 0) throw usage('which deal?', `crm deal ${verb} D12`);
    const keys = await context.ids(args);
    let ids: string[] = [];
    const committed = await context.change(writer => {
      ids = keys.map(key => writer.view.find(['deal'], key));
      for (const id of ids) writer.set(id, fields(given));
    });
    await reportChanged(context, committed, 'deal', ids, did);
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
