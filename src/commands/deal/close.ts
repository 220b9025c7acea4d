/** Winning, losing and reopening: the status of a deal, which never moves its stage. */
import type { Committed } from '../../app/core/commit.ts';
import { View } from '../../app/core/view.ts';
import type { Fields } from '../../app/core/writer.ts';
import { surroundings } from '../../app/reading/surroundings.ts';
import { numberOf } from '../../domain/kinds.ts';
import { grouped } from '../../ui/words.ts';
import { chosen } from '../args/declare.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { noteOf, noteOption } from './note-option.ts';
import type { Options, OptionSpec } from '../line/options.ts';

const examples = {
  win: ['deal win D12', 'deal win D12 D13 --note "both signed at the fair"'],
  lose: ['deal lose D12 --reason price', "deal lose --where 'stage:follow-up idle:>90d' --reason timing"],
  reopen: ['deal reopen D12', 'deal reopen D12 --note "has a new budget"'],
} as const;

const statusCommand = (
  verb: keyof typeof examples,
  did: string,
  summary: string,
  fields: (options: Options) => Fields,
  options: readonly OptionSpec[] = [],
) =>
  command({
    summary,
    effect: 'changes',
    args: { words: chosen('deal', { offers: verb === 'reopen' ? 'status:won,lost' : 'status:open' }) },
    options: [...options, noteOption, whereOption],
    examples: examples[verb],
    async run(context, { words }, given) {
      const choosing = { kinds: ['deal'], words, options: given, did } as const;
      const note = await noteOf(context, given, words);
      const { committed, ids } = await changeAndReport(context, choosing, (writer, id) => {
        writer.set(id, fields(given));
        note(writer, id);
      });
      if (did !== 'reopened' && !context.globals.dryRun) await sayOpenTasks(context, committed, ids);
    },
  });

/** How many open tasks are named. */
const NAMED = 5;

/** Says which tasks of closed deals are still open: nobody would look for them, since `crm tasks` is about open deals. */
async function sayOpenTasks(
  context: Context,
  { state }: Committed<unknown>,
  ids: readonly string[],
): Promise<void> {
  const workspace = await context.workspace();
  const view = new View(state, workspace.viewer, workspace.clock);
  const tasks = state.table('task');
  const open = ids
    .map(id => state.table('deal').row(numberOf(id)))
    .filter(row => row >= 0)
    .flatMap(row => surroundings(view, 'deal', row).tasks);
  if (open.length === 0) return;
  const named = open.slice(0, NAMED).map(row => {
    const { id, title } = tasks.record(row);
    return `${id} (${String(title)})`;
  });
  const more = open.length > NAMED ? `, and ${grouped(open.length - NAMED)} more` : '';
  await context.message(
    `still open: ${named.join(', ')}${more}; crm task done ${open
      .slice(0, NAMED)
      .map(row => tasks.id(row))
      .join(' ')}`,
  );
}

export const win = statusCommand('win', 'won', 'mark deals as won', () => ({ status: 'won' }));

export const lose = statusCommand(
  'lose',
  'lost',
  'mark deals as lost',
  options => {
    const lostReason = options.text('reason');
    return { status: 'lost', ...(lostReason !== undefined && { lostReason }) };
  },
  [{ flags: '--reason <TEXT>', description: 'why it was lost', asks: 'why was it lost' }],
);

export const reopen = statusCommand('reopen', 'reopened', 'open deals again', () => ({ status: 'open' }));
