import { list as listRows, parseLimit } from '../../app/reading/list.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { Command } from '../command.ts';
import { formatFor, printRecords, printTrashed } from '../output.ts';

/** `crm <kind> list [QUERY]`: all but the trash. */
export const list = (kinds: Kinds, kind: Kind): Command => ({
  summary: `list ${kinds.pluralOf(kind)} that a query finds`,
  usage: '[QUERY]',
  options: [
    {
      flags: '--sort <FIELD>',
      description: 'sort by a field, -FIELD for the other way round; several with commas',
      repeat: 'list',
    },
    { flags: '--limit <N>', description: 'print so many at most' },
    { flags: '--trash', description: 'list what is in the trash' },
  ],
  examples: definitionOf(kinds, kind).examples.list ?? [],
  async run(context, args, options) {
    const view = await (await context.workspace()).view();
    const limit = options.text('limit');
    if (options.flag('trash')) {
      if (args.length > 0 || options.text('sort') !== undefined)
        throw usage('--trash goes with --limit only', `crm ${kind} list --trash`);
      const most = limit === undefined ? Number.POSITIVE_INFINITY : parseLimit(limit);
      return printTrashed(context, view.trash(kind).slice(0, most));
    }
    const rows = listRows(view, kind, {
      query: args,
      sort: options.text('sort'),
      limit: limit === undefined ? undefined : parseLimit(limit),
    });
    await printRecords(context, view, kind, rows);
    if (rows.length === 0 && formatFor(context) === 'table')
      await context.message(`no ${kinds.pluralOf(kind)} found`);
  },
});
