/** The triggers for a tag that a record gets or loses, which share the reading of a change. */
import { type Change, idOf } from '../../domain/changes.ts';
import { withArticle } from '../../domain/article.ts';
import { definitionOf, hasFieldOf } from '../../kinds/define.ts';
import type { Kind } from '../../domain/kinds.ts';
import { fieldsChanged, fieldsSet, tagsNamed } from '../effect.ts';
import { added, type ChangeTrigger, kindNamed, of, valueChange } from './trigger.ts';

type Tags = readonly string[] | null | undefined;

/** Returns the tags before and after a change of a record of the kind; undefined if it changes none. */
function tagsIn(change: Change, kind: Kind): readonly [Tags, Tags] | undefined {
  const record = added(change, kind);
  if (record) return [null, record.tags as Tags];
  return valueChange(change, kind, 'tags') as readonly [Tags, Tags] | undefined;
}

/** Whether an effect gives a record of the kind the tag that a trigger looks for. */
const isAdded: ChangeTrigger['causedBy'] = (effect, { tag, of: kind }, subject) => {
  const looks = kindNamed({ of: kind }, subject);
  const tags = fieldsSet(effect, looks)?.tags;
  if (tags !== undefined) return isNamed(tags, tag);
  return 'tags' in effect && effect.tags === looks && !effect.isGone && isNamed(effect.names, tag);
};

/**
 * Whether an effect removes the tag that a trigger looks for from a record of the kind, perhaps by replacing all
 * tags.
 */
const isRemoved: ChangeTrigger['causedBy'] = (effect, { tag, of: kind }, subject) => {
  const looks = kindNamed({ of: kind }, subject);
  const tags = fieldsChanged(effect, looks)?.tags;
  if (tags !== undefined) return tag === undefined || !tagsNamed(tags).includes(String(tag));
  return 'tags' in effect && effect.tags === looks && effect.isGone && isNamed(effect.names, tag);
};

const isNamed = (tags: unknown, tag: unknown): boolean =>
  tag === undefined || tagsNamed(tags).includes(String(tag));

const sees =
  (gone: 'added' | 'removed'): ChangeTrigger['sees'] =>
  (change, params, subject) => {
    const tags = tagsIn(change, kindNamed(params, subject));
    if (!tags) return undefined;
    const [without, having] = gone === 'added' ? tags : [tags[1], tags[0]];
    const different = (having ?? []).filter(tag => !without?.includes(tag));
    return different.some(tag => params.tag === undefined || tag === params.tag) ? idOf(change) : undefined;
  };

const common = {
  type: 'change',
  of: kindNamed,
  params: { of, tag: { type: 'tag', description: 'the tag; left out: any' } },
  check: (_params, looks, { kinds }) =>
    hasFieldOf(definitionOf(kinds, looks), 'tags')
      ? undefined
      : { message: `${withArticle(looks)} has no tags`, hint: 'of: deal, or of: contact' },
} satisfies Pick<ChangeTrigger, 'type' | 'of' | 'params' | 'check'>;

export const tagAdded: ChangeTrigger = {
  ...common,
  name: 'tag-added',
  summary: 'a record gets a tag, also when it is added with it',
  example: 'tag-added: { tag: vip }',
  sees: sees('added'),
  causedBy: isAdded,
};

export const tagRemoved: ChangeTrigger = {
  ...common,
  name: 'tag-removed',
  summary: 'a record loses a tag',
  example: 'tag-removed: { of: contact, tag: newsletter }',
  sees: sees('removed'),
  causedBy: isRemoved,
};
