import { usage } from '../../domain/errors.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import type { Command } from '../command.ts';

/** `crm <kind> tag ID... +vip -cold` */
export const tag = (kinds: Kinds, kind: Kind): Command => ({
  summary: 'add and remove tags',
  usage: 'ID... +TAG... -TAG...',
  dashes: true,
  options: [whereOption],
  examples: [`${kind} tag ${kinds.makeId(kind, 12)} +vip -cold`],
  async run(context, args, options) {
    const isTag = (arg: string) => /^[+-]./.test(arg);
    // A tag has no comma: lists of them are written with commas.
    const tags = args
      .filter(isTag)
      .flatMap(arg =>
        arg
          .slice(1)
          .split(',')
          .map(tag => ({ add: arg.startsWith('+'), tag: tag.trim() })),
      )
      .filter(({ tag }) => tag !== '');
    const words = args.filter(arg => !isTag(arg));
    if (tags.length === 0) throw usage('which tags of what?', `crm ${kind} tag ID +vip -cold`);
    const choosing = { kinds: [kind], words, options, did: 'tagged' };
    await changeAndReport(context, choosing, (writer, id) => {
      const now = new Set(writer.view.record(id).tags as readonly string[] | undefined);
      for (const { add, tag } of tags)
        if (add) now.add(tag);
        else now.delete(tag);
      writer.set(id, { tags: [...now].sort(byCodeUnits) });
    });
  },
});
