/** The keys by which rows match existing records. */
import type { Target } from './target.ts';
import { usage } from '../../domain/errors.ts';
import type { Json } from '../../domain/records.ts';
import type { Field, FieldTypeName } from '../../kinds/field.ts';

/** What to do with a row whose key exists already. */
export const onDuplicate = ['update', 'skip', 'error'] as const;
export type OnDuplicate = (typeof onDuplicate)[number];

/** The types of fields that can be a key: a phone may be of several records, and is then refused row by row. */
const keyTypes: readonly FieldTypeName[] = ['text', 'phone', 'handle'];

/** Whether a stored value is the key that a row has. */
export function sameKey(value: Json | undefined, text: string): boolean {
  if (typeof value !== 'string') return false;
  const [a, b] = [value.normalize(), text.normalize()];
  return a === b;
}

/** The fields by which rows are matched, in turn; the named key is the first. USAGE if that cannot be a key. */
export function keysOf(target: Target, name: string | undefined, mode: OnDuplicate | undefined): Field[] {
  if (name === undefined) {
    if (mode === undefined) return [];
    if (target.naturalKeys.length === 0)
      throw usage(`--on-duplicate of ${target.noun} needs a key`, '--key externalId');
    return target.naturalKeys.map(key => target.field(key)!);
  }
  // With both, a record that is not found by the key may still exist by a unique field.
  const natural = mode === undefined ? [] : target.naturalKeys.filter(key => key !== name);
  const field = target.field(name);
  if (!field || (!keyTypes.includes(field.type) && field.name !== 'id'))
    throw usage(
      `${JSON.stringify(name)} cannot be the key of ${target.noun}`,
      target.fields
        .filter(f => keyTypes.includes(f.type))
        .map(f => f.name)
        .join(', '),
    );
  return [field, ...natural.map(key => target.field(key)!)];
}
