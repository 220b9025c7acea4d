/** Finds what a query asks for literally: lint looks no further into the queries of rules that may start each other. */
import { type Effect, tagsNamed } from '../effect.ts';
import type { Kind } from '../../domain/kinds.ts';

/** Whether a query holds only for closed or done records, which an added record is not. */
export const asksForClosed = (query: unknown): boolean =>
  typeof query === 'string' &&
  /(?:^|\s)(?:is:won|is:lost|status:won|status:lost|status:done)(?:\s|$)/.test(query) &&
  !/(?:^|\s)or(?:\s|$)/i.test(query);

/** Whether an effect on a record of a kind gives what a query asks for: `stage:offered`, `tag:vip`. */
export function makesTrue(effect: Effect, query: unknown, kind: Kind): boolean {
  const terms = typeof query === 'string' ? query.split(/[\s()]+/) : [];
  const asks = (field: string, value: unknown) => terms.includes(`${field}:${String(value)}`);
  const asksForTag = (tags: unknown) => tagsNamed(tags).some(tag => asks('tag', tag));
  if ('tags' in effect) return effect.tags === kind && !effect.isGone && asksForTag(effect.names);
  if (!('sets' in effect) || effect.sets !== kind) return false;
  return Object.entries(effect.fields).some(
    ([field, value]) =>
      asks(field, value) ||
      (field === 'status' && asks('is', value)) ||
      (field === 'tags' && asksForTag(value)),
  );
}
