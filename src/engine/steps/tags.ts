/** The steps that add and remove tags, which share one function. */
import { withArticle } from '../../domain/article.ts';
import { definitionOf, hasFieldOf } from '../../kinds/define.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Running, Step } from './step.ts';
import { actsOn, on } from './step.ts';

/** The tags that a rule names: one, several with commas, or a list. */
function named(value: unknown, text: Running['text']): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list
    .flatMap(item => text(item).split(','))
    .map(tag => tag.trim())
    .filter(tag => tag !== '');
}

const tagging = (
  verb: 'add' | 'remove',
  change: (tags: ReadonlySet<string>, given: readonly string[]) => Set<string>,
): Step => ({
  name: `${verb}-tag`,
  summary: verb === 'add' ? 'gives a record a tag, or several' : 'takes a tag off a record, or several',
  params: { on, tag: { type: 'tags', description: 'the tag; several with commas', required: true } },
  short: 'tag',
  effects: (params, rule) => [
    { tags: actsOn(params, rule.for), names: params.tag, isGone: verb === 'remove' },
  ],
  check: (_params, acts, { kinds }) =>
    hasFieldOf(definitionOf(kinds, acts), 'tags')
      ? undefined
      : { message: `${withArticle(acts)} has no tags`, hint: 'on: deal, or on: contact' },
  example:
    verb === 'add' ? 'add-tag: { on: contact, tag: customer }' : 'remove-tag: { on: contact, tag: lead }',
  run({ params, writer, why, on: find, text }) {
    const id = find(params.on);
    const given = named(params.tag, text);
    const before = new Set(writer.view.record(id).tags as readonly string[] | undefined);
    const changed = writer.set(id, { tags: [...change(before, given)].sort(byCodeUnits) }, why);
    const tags = given.join(', ');
    if (!changed) return { did: `${id} ${verb === 'add' ? 'has' : 'lacks'} ${tags} already` };
    return { did: verb === 'add' ? `tagged ${id} ${tags}` : `took ${tags} off ${id}` };
  },
});

export const addTag = tagging('add', (tags, given) => new Set([...tags, ...given]));
export const removeTag = tagging(
  'remove',
  (tags, given) => new Set([...tags].filter(tag => !given.includes(tag))),
);
