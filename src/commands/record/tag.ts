import { usage } from '../../domain/errors.ts';
import { byCodeUnits } from '../../domain/field-types.ts';
import type { Kind } from '../../domain/kinds.ts';
import { reportChanged } from '../changed.ts';
import type { Command } from '../command.ts';

/** `crm <kind> tag ID... +vip -cold` */
export const tag = (kind: Kind): Command => ({
  summary: 'add and remove tags',
  usage: 'ID... +TAG... -TAG...',
  dashes: true,
  examples: [`${kind} tag ${kind[0]!.toUpperCase()}12 +vip -cold`],
  async run(context, args) {
    const isTag = (arg: string) => /^[+-]./.test(arg);
    const keys = await context.ids(args.filter(arg => !isTag(arg)));
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
    if (args.every(isTag) || tags.length === 0)
      throw usage('which tags of what?', `crm ${kind} tag ID +vip -cold`);
    let ids: string[] = [];
    const committed = await context.change(writer => {
      ids = keys.map(key => writer.view.find([kind], key));
      for (const id of ids) {
        const now = new Set(writer.view.record(id).tags as readonly string[] | undefined);
        for (const { add, tag } of tags)
          if (add) now.add(tag);
          else now.delete(tag);
        writer.set(id, { tags: [...now].sort(byCodeUnits) });
      }
    });
    await reportChanged(context, committed, kind, ids, 'tagged');
  },
});
