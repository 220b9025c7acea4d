import type { Kind } from '../../domain/kinds.ts';
import { reportRemoved } from '../changed.ts';
import { changeChosen, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';

/** `crm <kind> rm ID...`: to the trash, from where `restore` brings it back. */
export const rm = (kind: Kind): Command => ({
  summary: 'move to the trash',
  usage: 'ID...',
  options: [whereOption],
  async run(context, args, options) {
    const choosing = { kinds: [kind], words: args, options, asks: 'remove' };
    const { committed } = await changeChosen(context, choosing, (writer, id) => writer.remove(id));
    await reportRemoved(context, committed, kind);
  },
});
