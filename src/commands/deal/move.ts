import { type Config, pipelineOf, stageOf } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Deal } from '../../domain/records.ts';
import type { Goal } from '../changed.ts';
import { changeAndReport, isByQuery, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';
import type { Context } from '../context.ts';
import { namingIn } from '../naming.ts';
import { noteOf, noteOption } from './note-option.ts';

export const move: Command = {
  summary: 'move deals to a stage',
  usage: 'ID... STAGE',
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
  async run(context, args, options) {
    const pipeline = options.text('pipeline');
    const where = isByQuery(options);
    const toEntry =
      pipeline !== undefined &&
      (where ? args.length === 0 : args.length > 0 && (args.length === 1 || /^D\d+$/.test(args.at(-1)!)));
    const stage = toEntry ? undefined : args.at(-1);
    const words = toEntry ? args : args.slice(0, -1);
    if ((words.length === 0 && !where) || (!toEntry && stage === undefined))
      throw usage('which deal, and to which stage?', `crm deal move D12 ${await stageFor(context)}`);
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
};

/** Returns a stage of this workspace for a hint: the second one of the first pipeline, where most deals go next. */
async function stageFor(context: Context): Promise<string> {
  const stages = (await context.workspace()).visible.pipelines.find(each => each.stages.length > 0)?.stages;
  return stages?.[1]?.id ?? stages?.[0]?.id ?? 'STAGE';
}

const stageNameOf: Goal = (view, id) => {
  const deal = view.state.get(id) as Deal;
  return nameOfStage(view.config, deal, deal.stage);
};

const nameOfStage = (config: Config, { pipeline }: Deal, stage: string): string =>
  stageOf(pipelineOf(config, pipeline), stage)?.name ?? stage;
