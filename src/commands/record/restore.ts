import { definitionOf } from '../../kinds/define.ts';
import { type Restored, restoreMerged } from '../../app/records/restore-merged.ts';
import { restoreNotes } from '../../app/records/restore-notes.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { reportChanged } from '../printing/changed.ts';
import { trashed } from '../args/declare.ts';
import { command } from '../line/command.ts';
import type { OptionSpec } from '../line/options.ts';
import { movedTo } from './merge.ts';

const merging: OptionSpec = {
  flags: '--merge',
  description: 'if another one has its e-mail, name or externalId by now, merge it into that one',
};

/** `crm <kind> restore ID...`: out of the trash. */
export const restore = (kinds: Kinds, kind: Kind) =>
  command({
    summary: 'bring back from the trash',
    effect: 'changes',
    args: { words: trashed(kind) },
    ...(definitionOf(kinds, kind).isMergeable && {
      options: [merging],
    }),
    examples: [
      `${kind} restore ${kinds.makeId(kind, 3)}`,
      `${kind} restore ${kinds.makeId(kind, 3)} ${definitionOf(kinds, kind).isMergeable ? '--merge' : kinds.makeId(kind, 4)}`,
    ],
    async run(context, { words }, options) {
      const keys = await context.ids(words);
      let done: Restored[] = [];
      let notes: string[] = [];
      const committed = await context.change(writer => {
        done = keys.map(key =>
          options.flag('merge') ? restoreMerged(writer, kind, key) : { id: writer.restore(kind, key) },
        );
        notes = done.flatMap(({ id, merged }) => (merged ? [] : restoreNotes(writer.draft, writer.view, id)));
      });
      const { format, dryRun } = context.globals;
      const isSaid = !dryRun && (format === undefined || format === 'table');
      const merged = isSaid ? done.flatMap(each => each.merged ?? []) : [];
      const ids = done.filter(each => !isSaid || !each.merged).map(({ id }) => id);
      if (ids.length > 0 || merged.length === 0)
        await reportChanged(context, committed, kind, ids, 'restored');
      for (const each of merged)
        await context.message(`restored ${each.from} and merged it into ${each.into}${movedTo(each)}`);
      for (const note of notes) await context.message(note);
    },
  });
