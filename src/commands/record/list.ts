import { list as listRows, parseLimit } from '../../app/list.ts';
import { type Kind, numberOf, pluralOf } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import { plainColumn, printRecords, printThings } from '../output.ts';

/** `crm <kind> list [QUERY]`: all but the trash. */
export const list = (kind: Kind): Command => ({
  summary: `list ${pluralOf(kind)} that a query finds`,
  usage: '[QUERY]',
  options: [
    { flags: '--sort <FIELD>', description: 'sort by a field; -FIELD for the other way round' },
    { flags: '--limit <N>', description: 'print so many at most' },
    { flags: '--trash', description: 'list what is in the trash' },
  ],
  examples: kind === 'deal' ? ["deal list 'stage:proposal value.over:10k' --sort -value --limit 20"] : [],
  async run(context, args, options) {
    const view = await (await context.workspace()).view();
    const limit = options.text('limit');
    if (options.flag('trash')) {
      const trashed = [...view.state.trash().values()]
        .filter(t => view.state.nextId(kind)[0] === t.id[0])
        .sort((a, b) => numberOf(a.id) - numberOf(b.id));
      await printThings(
        context,
        trashed,
        [
          plainColumn('id', t => t.id, { whole: true }),
          plainColumn('title', t => t.record.title ?? t.record.name ?? t.record.text),
          plainColumn('removedAt', t => t.removedAt, { whole: true }),
        ],
        t => t.id,
      );
      return;
    }
    const rows = listRows(view, kind, {
      query: args,
      sort: options.text('sort'),
      limit: limit === undefined ? undefined : parseLimit(limit),
    });
    await printRecords(context, view, kind, rows);
  },
});
