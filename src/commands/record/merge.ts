import { merge as mergeRecords, type Merged } from '../../app/records/merge.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { definitionOf } from '../../kinds/define.ts';
import { plural } from '../../ui/words.ts';
import { reportChanged } from '../printing/changed.ts';
import { records } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { namingIn } from '../printing/naming.ts';

/** Says which records went over in a merge: `, with 2 deals, 1 task`; nothing where none did. */
export function movedTo({ moved }: Merged): string {
  const all = Object.entries(moved).map(([what, count]) => plural(count, what));
  return all.length > 0 ? `, with ${all.join(', ')}` : '';
}

/** `crm contact merge A B`: B into A. */
export const merge = (kinds: Kinds, kind: Kind) =>
  command({
    summary: `merge ${kinds.pluralOf(kind)} that are the same: the second into the first, and then to the trash`,
    effect: 'changes',
    args: {
      words: { ...records(kind, { asks: `which two ${kinds.pluralOf(kind)}`, least: 2 }), line: 'A B' },
    },
    examples: [
      ...(definitionOf(kinds, kind).examples.merge ?? []),
      `${kind} merge ${kinds.makeId(kind, 3)} ${kinds.makeId(kind, 9)} --dry-run`,
    ],
    async run(context, { words }) {
      const keys = await context.ids(words);
      const [into, from] = keys;
      if (into === undefined || from === undefined || keys.length > 2)
        throw usage(`which two ${kinds.pluralOf(kind)}?`, `crm ${kind} merge A B: B goes into A`);
      const committed = await context.change(writer => mergeRecords(writer, kind, into, from));
      const { result } = committed;
      const format = context.globals.format ?? 'table';
      if (context.globals.dryRun || format !== 'table' || !result)
        return reportChanged(context, committed, kind, result ? [result.into] : [], 'merged');
      const name = await namingIn(context, committed.state);
      await context.message(`merged ${name(result.from)} into ${name(result.into)}${movedTo(result)}`);
    },
  });
