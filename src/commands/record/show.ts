import { parseLimit } from '../../app/reading/list.ts';
import type { View } from '../../app/core/view.ts';
import { withArticle } from '../../domain/article.ts';
import { usage } from '../../domain/errors.ts';
import { type Kind, type Kinds, numberOf } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { records } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { Context } from '../line/context.ts';
import { formatFor, printRecord, printRecords } from '../printing/output.ts';

/** How many entries of the timeline a card shows unless `--limit` says otherwise: with the fields, about one screen. */
const ENTRIES = 10;

/** `crm <kind> show ID...`; what happened with a record that tasks are for is shown below it. */
export const show = (kinds: Kinds, kind: Kind) => {
  const { hasTasks: hasCard, inPipelines } = definitionOf(kinds, kind);
  return command({
    summary: `show ${withArticle(kind)} in full`,
    effect: 'reads',
    args: { words: records(kind) },
    examples: [`${kind} show ${kinds.makeId(kind, 12)}`, `${kind} show ${kinds.makeId(kind, 12)} --json`],
    jsonFields: definitionOf(kinds, kind).inJson,
    ...(hasCard && {
      options: [
        {
          flags: '--limit <N>',
          description: `on a terminal: the newest N entries of the timeline (default: ${ENTRIES})`,
        },
        ...(inPipelines
          ? [{ flags: '--learned', description: 'also how many deals that were in its stage were won' }]
          : []),
      ],
    }),
    async run(context, { words }, options) {
      const keys = await context.ids(words);
      const limit = hasCard ? options.text('limit') : undefined;
      const most = limit === undefined ? ENTRIES : parseLimit(limit);
      const view = await (await context.workspace()).view();
      const table = view.state.table(kind);
      const rows = keys.map(key => table.row(numberOf(view.find([kind], key))));
      const isLearned = inPipelines && options.flag('learned');
      if (isLearned && rows.length !== 1)
        throw usage('--learned needs one deal', 'crm deal show D12 --learned');
      if (rows.length !== 1) return printRecords(context, view, kind, rows);
      if (isLearned) await printLearned(context, view, rows[0]!);
      else await printRecord(context, view, kind, rows[0]!);
      if (hasCard && formatFor(context) === 'table' && !context.globals.fields)
        await printCard(context, kind, rows[0]!, most);
    },
  });
};

/**
 * Shows a deal with the rate of its stage's decided deals: in lines below it for people, as a field of its own
 * otherwise.
 */
async function printLearned(context: Context, view: View, row: number): Promise<void> {
  const { explainProbability } = await import('../../app/reports/explain-probability.ts');
  const found = await explainProbability(view, view.state.table('deal').id(row));
  if (formatFor(context) !== 'table')
    return printRecord(context, view, 'deal', row, { learned: found.learned });
  await printRecord(context, view, 'deal', row);
  const { probabilityLines } = await import('../../screens/probability.ts');
  await context.print(`\n${probabilityLines(found).join('\n')}\n`);
}

async function printCard(context: Context, kind: Kind, row: number, most: number): Promise<void> {
  const workspace = await context.workspace();
  const view = await workspace.view();
  const { subjectsOf, timeline } = await import('../../app/history/timeline.ts');
  const { drawCard } = await import('../../screens/card.ts');
  // One entry more than is shown tells whether there are older ones.
  const entries = await timeline(view, workspace.store.journal, subjectsOf(view, kind, row), most + 1);
  await drawCard(context, view, { kind, row, timeline: entries, most });
}
