import { restoreNotes } from '../../app/records/restore-notes.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

/** `crm <kind> restore ID...`: out of the trash. */
export const restore = (kind: Kind): Command => ({
  summary: 'bring back from the trash',
  usage: 'ID...',
  async run(context, args) {
    if (args.length === 0) throw usage(`which ${kind}?`, `crm ${kind} list --trash`);
    const keys = await context.ids(args);
    let ids: string[] = [];
    let notes: string[] = [];
    const committed = await context.change(writer => {
      ids = keys.map(key => writer.restore(kind, key));
      notes = ids.flatMap(id => restoreNotes(writer, id));
    });
    await reportChanged(context, committed, kind, ids, 'restored');
    for (const note of notes) await context.message(note);
  },
});
