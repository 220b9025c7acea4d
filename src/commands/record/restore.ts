import { usage } from '../../domain/errors.ts';
import { type Kind, parseId } from '../../domain/kinds.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

/** `crm <kind> restore ID...`: out of the trash. */
export const restore = (kind: Kind): Command => ({
  summary: 'bring back from the trash',
  usage: 'ID...',
  async run(context, args) {
    const ids = await context.ids(args);
    if (args.length === 0) throw usage(`which ${kind}?`, `crm ${kind} list --trash`);
    for (const id of ids)
      if (parseId(id)?.kind !== kind)
        throw usage(`${JSON.stringify(id)} is no id of a ${kind}`, `crm ${kind} list --trash`);
    const committed = await context.change(writer => {
      for (const id of ids) writer.restore(id);
    });
    await reportChanged(context, committed, kind, ids, 'restored');
  },
});
