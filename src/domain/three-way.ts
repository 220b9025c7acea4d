/** Merges three ways: applies the step from one value to another to the present value of a field. */
import { isEmpty, type Json, sameJson } from './records.ts';

/**
 * Returns the value of a field that is `now`, after the step `from` one value `to` another: `to` if the field has not
 * changed, and for a list the present list with the items that the step added and without those that it removed.
 * Undefined if the two contradict each other.
 */
export function merged(
  now: Json | undefined,
  from: Json | undefined,
  to: Json | undefined,
): { readonly value: Json } | undefined {
  if (sameJson(now, from)) return { value: to ?? null };
  if (sameJson(now, to)) return { value: now ?? null };
  const [list, before, after] = [asList(now), asList(from), asList(to)];
  const value = list && before && after && mergedList(list, before, after);
  return value && { value };
}

const asList = (value: Json | undefined): readonly Json[] | undefined =>
  isEmpty(value) ? [] : Array.isArray(value) ? value : undefined;

const has = (list: readonly Json[], item: Json): boolean => list.some(each => sameJson(each, item));
const minus = (a: readonly Json[], b: readonly Json[]): Json[] => a.filter(item => !has(b, item));

/** Undefined if only the order changed: an order cannot be applied to another list. */
function mergedList(
  now: readonly Json[],
  from: readonly Json[],
  to: readonly Json[],
): readonly Json[] | undefined {
  const [gone, come] = [minus(from, to), minus(to, from)];
  if (gone.length === 0 && come.length === 0) return undefined;
  const list = minus(now, gone);
  for (const [at, item] of to.entries()) {
    if (!has(come, item) || has(list, item)) continue;
    // After the item that it follows in `to`: the first contact of a deal is its primary one.
    const before = to.slice(0, at).findLast(each => has(list, each));
    const place = before === undefined ? 0 : list.findIndex(each => sameJson(each, before)) + 1;
    list.splice(place, 0, item);
  }
  return list;
}
