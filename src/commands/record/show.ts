import { withArticle } from '../../domain/article.ts';
import { usage } from '../../domain/errors.ts';
import { type Kind, numberOf } from '../../domain/kinds.ts';
import type { Command } from '../command.ts';
import { formatFor, printRecord, printRecords } from '../output.ts';

/** `crm <kind> show ID...` */
export const show = (kind: Kind): Command => ({
  summary: `show ${withArticle(kind)} in full`,
  usage: 'ID...',
  async run(context, args) {
    const keys = await context.ids(args);
    if (keys.length === 0 && args.length === 0) throw usage(`which ${kind}?`, `crm ${kind} show ID`);
    const view = await (await context.workspace()).view();
    const table = view.state.table(kind);
    const rows = keys.map(key => table.row(numberOf(view.find([kind], key))));
    if (rows.length !== 1) return printRecords(context, view, kind, rows);
    await printRecord(context, view, kind, rows[0]!);
    if (formatFor(context) === 'table' && !context.globals.fields) {
      const { drawSurroundings } = await import('../../screens/surroundings.ts');
      await drawSurroundings(context, view, kind, rows[0]!);
    }
  },
});
