import { userName } from '../../app/reading/said.ts';
import { usage } from '../../domain/errors.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { Deal } from '../../domain/records.ts';
import type { Goal } from '../changed.ts';
import { changeAndReport, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';

export const assign: Command = {
  summary: 'give deals an owner',
  usage: 'ID... USER|auto|none',
  options: [whereOption],
  examples: [
    'deal assign D12 D13 ana',
    'deal assign D14 auto',
    "deal assign --where 'owner:ben is:open' ana",
  ],
  async run(context, args, options) {
    const user = args.at(-1);
    if (user === undefined || (args.length < 2 && !isByQuery(options)))
      throw usage('which deal, and to whom?', 'crm deal assign D12 ana');
    const choosing = { kinds: ['deal'], words: args.slice(0, -1), options, did: 'assigned', goal } as const;
    await changeAndReport(context, choosing, (writer, id) => {
      const { pipeline } = writer.view.record(id) as Deal;
      const owner =
        user === 'auto' ? writer.autoOwner(pipeline) : parseUser(user, 'owner', writer.context(''));
      writer.set(id, { owner });
    });
  },
};

const goal: Goal = (view, id) => {
  const { owner } = view.state.get(id) as Deal;
  return owner ? userName(view.config, owner) : 'nobody';
};
