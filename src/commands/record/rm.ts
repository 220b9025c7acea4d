import type { Kind, Kinds } from '../../domain/kinds.ts';
import { trashedColumns } from '../printing/output.ts';
import { reportRemoved } from '../printing/changed.ts';
import { changeChosen, whereOption } from '../choose.ts';
import { chosen } from '../args/declare.ts';
import { command } from '../line/command.ts';

/** `crm <kind> rm ID...`: to the trash, from where `restore` brings it back. */
export const rm = (kinds: Kinds, kind: Kind) =>
  command({
    summary: 'move to the trash',
    effect: 'changes',
    args: { words: chosen(kind) },
    options: [whereOption],
    examples: [
      `${kind} rm ${kinds.makeId(kind, 12)} ${kinds.makeId(kind, 13)}`,
      `${kind} rm --where created:today --dry-run`,
    ],
    jsonFields: trashedColumns.map(({ name }) => name),
    async run(context, { words }, options) {
      const choosing = { kinds: [kind], words, options, asks: 'remove' };
      const { committed } = await changeChosen(context, choosing, (writer, id) => writer.remove(id));
      await reportRemoved(context, committed, kind);
    },
  });
