import { changedFields } from '../../app/given-fields.ts';
import type { Writer } from '../../app/writer.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { compileQuery } from '../../query/compile.ts';
import { parseQuery } from '../../query/parse.ts';
import { plural } from '../../ui/words.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';
import { assignments } from './add.ts';

/** Without asking, a query may choose so many records. */
const CHOSEN_WITHOUT_ASKING = 3;

/** `crm <kind> set ID... NAME=VALUE...`, or `--where QUERY` for all that a query finds. */
export const set = (kind: Kind): Command => ({
  summary: 'change fields, of one or many',
  usage: 'ID... FIELD=VALUE...',
  options: [{ flags: '--where <QUERY>', description: 'all that the query finds, instead of ids' }],
  examples:
    kind === 'deal'
      ? [
          'deal set D12 D13 value=1300 close=+30d',
          "deal set --where 'stage:proposal idle:>60d' stage=follow-up",
        ]
      : [],
  async run(context, args, options) {
    const isAssignment = (arg: string) => /^[\p{L}_][\p{L}\p{N}_.-]*=/u.test(arg);
    const texts = assignments(args.filter(isAssignment), 'a field');
    const keys = await context.ids(args.filter(arg => !isAssignment(arg)));
    const where = options.text('where');
    if (where !== undefined && keys.length > 0) throw usage('either ids or --where, not both');
    if (texts.length === 0) throw usage('nothing to set', `crm ${kind} set ID FIELD=VALUE`);
    if (where === undefined && args.every(isAssignment))
      throw usage(`which ${kind}?`, `crm ${kind} set ID ..., or --where QUERY`);
    let chosen: string[] = [];
    const committed = await context.change(
      writer => {
        chosen =
          where === undefined
            ? keys.map(key => writer.view.find([kind], key))
            : chooseByQuery(writer, kind, where);
        for (const id of chosen) writer.set(id, changedFields(writer, id, texts));
      },
      {
        confirm: async () => {
          if (where !== undefined && chosen.length > CHOSEN_WITHOUT_ASKING && !context.globals.dryRun)
            await context.confirm(`change ${plural(chosen.length, kind)}?`);
        },
      },
    );
    await reportChanged(context, committed, kind, chosen, 'changed');
  },
});

export function chooseByQuery(writer: Writer, kind: Kind, where: string): string[] {
  const table = writer.draft.state.table(kind);
  return writer.view.rows(compileQuery(parseQuery(where), kind, writer.config)).map(row => table.id(row));
}
