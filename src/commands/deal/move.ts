import { type Config, pipelineOf, stageOf } from '../../domain/config.ts';
import type { Deal } from '../../domain/records.ts';
import type { Goal } from '../printing/changed.ts';
import { chosen, optionalWith, stage } from '../args/declare.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { command } from '../line/command.ts';
import { namingIn } from '../printing/naming.ts';
import { noteOf, noteOption } from './note-option.ts';

export const move = command({
  summary: 'move deals to a stage',
  effect: 'changes',
  args: {
    words: chosen('deal', { offers: 'status:open' }),
    stage: optionalWith('pipeline', stage({ asks: 'to which stage' })),
  },
  options: [
    { flags: '--pipeline <PIPELINE>', description: 'to another pipeline; STAGE left out: its entry' },
    noteOption,
    whereOption,
  ],
  examples: [
    'deal move D12 proposal',
    'deal move D12 proposal --note "wants it by May"',
    'deal list -q stage:proposal | crm deal move - follow-up',
    "deal move --where 'stage:proposal idle:>60d' follow-up",
  ],
  async run(context, { words, stage }, options) {
    const pipeline = options.text('pipeline');
    const choosing = { kinds: ['deal'], words, options, did: 'moved', goal: stageNameOf } as const;
    const note = await noteOf(context, options, words);
    const { committed, ids } = await changeAndReport(context, choosing, (writer, id) => {
      const before = writer.view.record(id) as Deal;
      const target = writer.view.config.pipelines.find(p => p.id === (pipeline ?? before.pipeline));
      writer.set(id, {
        ...(pipeline !== undefined && { pipeline }),
        ...(stage !== undefined
          ? { stage }
          : pipeline !== before.pipeline && target && { stage: target.entry }),
      });
      note(writer, id);
    });
    const held = ids
      .map(id => committed.state.get(id) as Deal)
      .filter(deal => deal.held && deal.held.stage !== deal.stage);
    if (committed.changes.length === 0 || held.length === 0) return;
    const [first] = held as [Deal, ...Deal[]];
    const says = first.held!.stage;
    const isTerminal = context.streams.stderr.isTTY;
    const name = await namingIn(context, committed.state);
    const said =
      says === null ? 'nothing' : isTerminal ? nameOfStage(committed.state.config, first, says) : says;
    const what = held.length === 1 ? name(first.id) : `${held.length} deals`;
    await context.message(
      `the transitions say ${said}${held.length > 1 ? ` (for ${name(first.id)})` : ''}; ${what} ${held.length === 1 ? 'stays' : 'stay'} until that changes`,
    );
  },
});

const stageNameOf: Goal = (view, id) => {
  const deal = view.state.get(id) as Deal;
  return nameOfStage(view.config, deal, deal.stage);
};

const nameOfStage = (config: Config, { pipeline }: Deal, stage: string): string =>
  stageOf(pipelineOf(config, pipeline), stage)?.name ?? stage;
