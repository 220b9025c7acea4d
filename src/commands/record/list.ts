import { asksFor } from '../../app/reading/asks-for.ts';
import { list as listRows, parseLimit } from '../../app/reading/list.ts';
import { usage } from '../../domain/errors.ts';
import { amount } from '../../domain/money.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { parseArguments } from '../../query/parse.ts';
import { atOption, viewAsked } from '../at.ts';
import type { View } from '../../app/core/view.ts';
import { query } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import type { OptionSpec } from '../line/options.ts';
import { formatFor, printJson, printRecords, printTrashed } from '../printing/output.ts';
import { asksForGroups, groupOptions, printGroups } from './list-groups.ts';
import { quietIfNothing } from '../line/quiet-option.ts';

const sortOption: OptionSpec = {
  flags: '--sort <FIELD>',
  description: 'sort by a field, -FIELD in reverse; several with commas',
  repeat: 'list',
};

/** `crm <kind> list [QUERY]`: all but the trash. */
export const list = (kinds: Kinds, kind: Kind) =>
  command({
    summary: `list ${kinds.pluralOf(kind)} that a query finds`,
    effect: 'reads',
    args: { query: query() },
    options: [
      sortOption,
      { flags: '--limit <N>', description: 'print so many at most' },
      { flags: '--offset <N>', description: 'leave out the first N' },
      ...(definitionOf(kinds, kind).forPeople?.without
        ? [{ flags: '--all', description: 'on a terminal: also what it leaves out, as done tasks' }]
        : []),
      { flags: '--trash', description: 'list what is in the trash' },
      { flags: '--count', description: 'print only how many there are' },
      ...(definitionOf(kinds, kind).inPipelines ? [...groupOptions, atOption] : []),
      quietIfNothing,
    ],
    examples: [
      ...(definitionOf(kinds, kind).examples.list ?? [`${kind} list`]),
      `${kind} list --json --limit 20`,
    ],
    jsonFields: definitionOf(kinds, kind).inJson,
    async run(context, { query }, options) {
      const view = await viewAsked(context, options);
      const limit = options.text('limit');
      const offset = parseLimit(options.text('offset') ?? '0', '--offset');
      if (options.flag('trash')) {
        if (query.length > 0 || options.text('sort') !== undefined || options.text('at') !== undefined)
          throw usage('--trash goes with --limit and --offset only', `crm ${kind} list --trash`);
        const most = limit === undefined ? Number.POSITIVE_INFINITY : parseLimit(limit);
        return printTrashed(context, view.trash(kind).slice(offset, offset + most));
      }
      if (definitionOf(kinds, kind).inPipelines && asksForGroups(options))
        return printGroups(context, view, query, options);
      if (options.flag('count')) return printCount(context, listRows(view, kind, { query }).length);
      const isTable = formatFor(context) === 'table';
      const { sort, without } = (isTable && definitionOf(kinds, kind).forPeople) || {};
      const isHidden =
        without !== undefined &&
        !options.flag('all') &&
        !asksFor(parseArguments(query), view.config, without);
      const rows = listRows(view, kind, {
        query,
        ...(isHidden && { without: without.query }),
        sort: options.text('sort') ?? sort,
        limit: limit === undefined ? undefined : parseLimit(limit),
        offset,
      });
      await printRecords(context, view, kind, rows);
      if (isTable && rows.length > 1) await printTotals(context, view, kind, rows);
      if (rows.length === 0 && formatFor(context) === 'table')
        await context.message(`no ${kinds.pluralOf(kind)} found`);
      if (!isHidden) return;
      const hidden = listRows(view, kind, { query, only: without.query }).length;
      if (hidden > 0)
        await context.message(`not shown: ${plural(hidden, `${without.noun} ${kind}`)}; --all shows them`);
    },
  });

/** The last line of a list with money: what its amounts add up to. */
async function printTotals(context: Context, view: View, kind: Kind, rows: readonly number[]): Promise<void> {
  const { listTotals } = await import('../../app/reading/list-totals.ts');
  const totals = listTotals(view, kind, rows, context.globals.fields).filter(({ sums }) => sums.length > 0);
  if (totals.length === 0) return;
  const texts = totals.map(({ field, sums }, i) => {
    const text = sums.map(({ value, currency }) => amount(value, currency)).join(' + ');
    return i === 0 && totals.length === 1 && field !== 'weighted' ? text : `${field} ${text}`;
  });
  await context.print(`total  ${texts.join('  ')}\n`);
}

async function printCount(context: Context, count: number): Promise<void> {
  if (count === 0) context.nothing();
  if (!(await printJson(context, { count }))) await context.print(`${count}\n`);
}
