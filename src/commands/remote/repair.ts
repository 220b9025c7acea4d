import type { View } from '../../app/core/view.ts';
import type { HistoryEntry } from '../../app/history/history.ts';
import { humanInstant, userName } from '../../app/reading/said.ts';
import { type Repair, repairRemote } from '../../app/sharing/repair-remote.ts';
import { exitCodes, invalid } from '../../domain/errors.ts';
import { plainColumn } from '../../ui/thing-column.ts';
import { plural } from '../../ui/words.ts';
import { command } from '../line/command.ts';
import { conflictText, shownConflict } from '../printing/conflict-text.ts';
import type { Context } from '../line/context.ts';
import { historyColumns } from '../printing/history-columns.ts';
import { printJson, printThings } from '../printing/output.ts';

/** How many transactions of each side are shown: what fits on a screen together with the question. */
const SHOWN = 8;

export const repair = command({
  summary: 'compare the remote with this machine; put back what it lost, or take in its other history',
  effect: 'network',
  args: {},
  examples: ['remote repair --dry-run', 'remote repair --yes'],
  jsonFields: ['url', 'common', 'last', 'here', 'there', 'forked', 'ours', 'theirs', 'conflicts'],
  async run(context) {
    const isAsked = !context.globals.yes;
    const found = await repairRemote(await context.world(), context.globals.dir, {
      putBack: ({ url, there, here }) =>
        context.confirm(
          `${url} ends at transaction ${there}. Put back ${plural(here - there, 'transaction')}?`,
        ),
      async take(fork, view) {
        if (isAsked && !isJson(context)) await showFork(context, fork, view);
        if (!isAsked) return;
        if (!context.canAsk())
          throw invalid(
            forkText(fork),
            'crm remote repair --yes takes in what the remote has, and puts what this machine has on top of it',
          );
        const ours = plural(fork.here - fork.common, 'transaction');
        await context.confirm(
          `Take in what the remote has, and put the ${ours} of this machine on top of it? They then wait for crm sync.`,
        );
      },
    });
    const { conflicts } = found;
    const code = conflicts.length > 0 ? exitCodes.CONFLICT : 0;
    if (await printJson(context, { ...found, conflicts: conflicts.map(shownConflict) })) return code;
    if (context.globals.dryRun && found.forked)
      await showFork(context, found, await (await context.workspace()).view());
    for (const each of conflicts) await context.print(`${conflictText(each)}\n`);
    await context.message(outcome(found, context.globals.dryRun));
    if (conflicts.length > 0)
      await context.message(
        `${plural(conflicts.length, 'conflict')}: crm sync --mine ${conflicts[0]!.id}, or --theirs ${conflicts[0]!.id}`,
      );
    return code;
  },
});

/** Says what was done, or would be. */
function outcome({ forked, here, there, common }: Repair, isDry: boolean): string {
  const lost = here - common;
  if (lost === 0) return 'nothing is missing there';
  if (!forked) return `${isDry ? 'would put back' : 'put back'} ${plural(lost, 'transaction')}`;
  const took = `${isDry ? 'would take in' : 'took in'} ${plural(there - common, 'transaction')}`;
  return `${took}, and put ${lost} of this machine on top of ${there - common === 1 ? 'it' : 'them'}: crm sync shares what waits`;
}

const isJson = ({ globals }: Context): boolean =>
  globals.format === 'json' || globals.format === 'jsonl' || globals.format === 'yaml';

/** Says where the two sides part. */
const forkText = ({ url, common, here, there }: Repair): string =>
  `${url} and this machine have the first ${plural(common, 'transaction')} in common; after that, the remote has ${there - common} more, and this machine ${here - common}; nothing was changed`;

/** Prints what both sides have in common, and what each has alone. */
async function showFork(context: Context, fork: Repair, view: View): Promise<void> {
  const { url, common, last, here, there, ours, theirs } = fork;
  const of = last
    ? `, of ${humanInstant(view, last.at)} by ${userName(view.config, last.by)} (${last.via})`
    : '';
  await context.message(`${url} and this machine part after transaction ${common}${of}`);
  await showSide(context, view, 'here', here - common, ours);
  await showSide(context, view, 'there', there - common, theirs);
}

async function showSide(
  context: Context,
  view: View,
  side: 'here' | 'there',
  count: number,
  entries: readonly HistoryEntry[],
): Promise<void> {
  await context.message(`only ${side}: ${plural(count, 'transaction')}`);
  // In a pipe, the rows of both sides follow one another without these headings.
  const columns = [plainColumn<HistoryEntry>('side', () => side), ...historyColumns(view, {})];
  if (entries.length > 0) await printThings(context, entries.slice(0, SHOWN), columns, e => String(e.tx));
  if (entries.length > SHOWN)
    await context.message(`and ${entries.length - SHOWN} earlier ones: crm remote repair --dry-run --json`);
}
