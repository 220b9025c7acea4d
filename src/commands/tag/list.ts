import { type TagCount, tagCounts, taggedKinds } from '../../app/records/tags.ts';
import type { Kinds } from '../../domain/kinds.ts';
import { command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';

const columnsOf = (kinds: Kinds): readonly ThingColumn<TagCount>[] => [
  plainColumn('tag', ({ tag }) => tag),
  ...taggedKinds(kinds).map(kind =>
    plainColumn<TagCount>(kinds.pluralOf(kind), ({ counts }) => counts[kind] ?? 0),
  ),
  plainColumn('total', ({ total }) => total),
];

export const list = (kinds: Kinds) =>
  command({
    summary: 'list tags and how many records have each',
    effect: 'reads',
    args: {},
    examples: ['tag list', 'tag list --json'],
    jsonFields: columnsOf(kinds).map(({ name }) => name),
    async run(context) {
      const view = await (await context.workspace()).view();
      await printThings(context, tagCounts(view), columnsOf(view.kinds), ({ tag }) => tag);
    },
  });
