import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { plural } from '../../ui/words.ts';
import { reportRemoved } from '../changed.ts';
import type { Command } from '../command.ts';
import { chooseByQuery } from './set.ts';

/** `crm <kind> rm ID...`: to the trash, from where `restore` brings it back. */
export const rm = (kind: Kind): Command => ({
  summary: 'move to the trash',
  usage: 'ID...',
  options: [{ flags: '--where <QUERY>', description: 'all that the query finds, instead of ids' }],
  async run(context, args, options) {
    const keys = await context.ids(args);
    const where = options.text('where');
    if (where === undefined && args.length === 0) throw usage(`which ${kind}?`, `crm ${kind} rm ID`);
    if (where !== undefined && keys.length > 0) throw usage('either ids or --where, not both');
    let chosen: string[] = [];
    const committed = await context.change(
      writer => {
        chosen = [
          ...new Set(
            where === undefined
              ? keys.map(key => writer.view.find([kind], key))
              : chooseByQuery(writer, kind, where),
          ),
        ];
        for (const id of chosen) writer.remove(id);
      },
      {
        confirm: async () => {
          if (where !== undefined && chosen.length > 3 && !context.globals.dryRun)
            await context.confirm(`remove ${plural(chosen.length, kind)}?`);
        },
      },
    );
    await reportRemoved(context, committed, kind);
  },
});
