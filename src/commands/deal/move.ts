import { usage } from '../../domain/errors.ts';
import type { Deal } from '../../domain/records.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

export const move: Command = {
  summary: 'move deals to a stage',
  usage: 'ID... STAGE',
  options: [
    { flags: '--pipeline <PIPELINE>', description: 'to another pipeline; STAGE left out: its entry' },
  ],
  examples: ['deal move D12 proposal', 'deal list -q stage:proposal | crm deal move - follow-up'],
  async run(context, args, options) {
    const pipeline = options.text('pipeline');
    const toEntry =
      pipeline !== undefined && args.length > 0 && (args.length === 1 || /^D\d+$/.test(args.at(-1)!));
    const stage = toEntry ? undefined : args.at(-1);
    const keys = await context.ids(toEntry ? args : args.slice(0, -1));
    if (args.length < (toEntry ? 1 : 2))
      throw usage('which deal, and to which stage?', 'crm deal move D12 proposal');
    let ids: string[] = [];
    const committed = await context.change(writer => {
      ids = keys.map(key => writer.view.find(['deal'], key));
      for (const id of ids) {
        const before = writer.view.record(id) as Deal;
        const target = writer.config.pipelines.find(p => p.id === (pipeline ?? before.pipeline));
        writer.set(id, {
          ...(pipeline !== undefined && { pipeline }),
          ...(stage !== undefined
            ? { stage }
            : pipeline !== before.pipeline && target && { stage: target.entry }),
        });
      }
    });
    await reportChanged(context, committed, 'deal', ids, 'moved');
    const held = ids
      .map(id => committed.state.get(id) as Deal)
      .filter(deal => deal.held && deal.held.stage !== deal.stage);
    if (committed.changes.length === 0 || held.length === 0) return;
    const { stage: says } = held[0]!.held!;
    const what = held.length === 1 ? held[0]!.id : `${held.length} deals`;
    await context.message(
      `the transitions say ${says ?? 'nothing'}${held.length > 1 ? ` (for ${held[0]!.id})` : ''}; ${what} ${held.length === 1 ? 'stays' : 'stay'} until that changes`,
    );
  },
};
