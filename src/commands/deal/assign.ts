import { userName } from '../../app/reading/said.ts';
import { parseUser } from '../../kinds/field-types.ts';
import type { Deal } from '../../domain/records.ts';
import type { Goal } from '../printing/changed.ts';
import { chosen, user } from '../args/declare.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { command } from '../line/command.ts';

export const assign = command({
  summary: 'give deals an owner',
  effect: 'changes',
  args: {
    ids: chosen('deal'),
    user: user({ label: 'USER|auto|none', asks: 'to whom', words: ['auto', 'none'] }),
  },
  options: [whereOption],
  examples: [
    'deal assign D12 D13 ana',
    'deal assign D14 auto',
    "deal assign --where 'owner:ben is:open' ana",
  ],
  async run(context, { ids, user }, options) {
    const choosing = { kinds: ['deal'], words: ids, options, did: 'assigned', goal } as const;
    await changeAndReport(context, choosing, (writer, id) => {
      const { pipeline } = writer.view.record(id) as Deal;
      const owner =
        user === 'auto' ? writer.autoOwner(pipeline) : parseUser(user, 'owner', writer.context(''));
      writer.set(id, { owner });
    });
  },
});

const goal: Goal = (view, id) => {
  const { owner } = view.state.get(id) as Deal;
  return owner ? userName(view.config, owner) : 'nobody';
};
