import type { Argument } from '../args/argument.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { changeAndReport, whereOption } from '../choose.ts';
import { chosen, formed } from '../args/declare.ts';
import { command } from '../line/command.ts';

interface TagChange {
  readonly add: boolean;
  readonly tag: string;
}

/** `+vip` and `-cold`; a tag has no comma: lists of tags are written with commas. */
const tagChanges = (): Argument<TagChange[]> =>
  formed({
    type: 'tag',
    label: '+TAG',
    asks: 'which tags',
    example: '+vip',
    line: '+TAG... -TAG...',
    isMany: true,
    form: word => /^[+-][^,\s]/.test(word),
    read: words =>
      words
        .flatMap(word =>
          word
            .slice(1)
            .split(',')
            .map(tag => ({ add: word.startsWith('+'), tag: tag.trim() })),
        )
        .filter(({ tag }) => tag !== ''),
  });

/** `crm <kind> tag ID... +vip -cold` */
export const tag = (kinds: Kinds, kind: Kind) =>
  command({
    summary: 'add and remove tags',
    effect: 'changes',
    args: { words: chosen(kind), tags: tagChanges() },
    options: [whereOption],
    examples: [
      `${kind} tag ${kinds.makeId(kind, 12)} +vip -cold`,
      `${kind} tag --where tag:newsletter +fair-2026`,
    ],
    async run(context, { words, tags }, options) {
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
