/** The fields that point to other records, and their values after such records were purged. */
import type { Config } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import { isEmpty, type Json, type Rec, valueAt } from '../../domain/records.ts';
import type { Field } from '../../kinds/field.ts';
import { storedFieldsOf } from '../../kinds/fields.ts';
import { definitionOf } from '../../kinds/define.ts';
import type { State } from '../../state/state.ts';

/** A stored field of references, not one that shows another field's values. */
export type Reference = Field & { readonly refs: readonly Kind[] };

export const referencesOf = (config: Config, kind: Kind): readonly Reference[] =>
  storedFieldsOf(config, kind).filter((field): field is Reference => field.refs !== undefined && !field.read);

/** Returns the ids in a value: one reference, a list of them, or nothing. */
export const idsIn = (value: Json | undefined): string[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string');

/** Whether the record of an id was purged: it is neither alive nor in the trash. */
const isLost = (state: State, id: string): boolean =>
  state.kinds.parseId(id) !== undefined && !state.get(id) && !state.trash().has(id);

/** Returns the whole record without references to purged records, with primary values chosen again. */
export function withoutLost(state: State, kind: Kind, record: Rec): Rec {
  const left: Record<string, Json | undefined> = { ...fieldsLeft(state, kind, record) };
  for (const [path, value] of Object.entries(definitionOf(state.kinds, kind).tidy?.(left) ?? {}))
    if (isEmpty(value)) delete left[path];
    else left[path] = value;
  return left as unknown as Rec;
}

/** Returns fields of a record without references to purged records. */
export function fieldsLeft(state: State, kind: Kind, fields: Rec): Rec {
  const left: Record<string, Json | undefined> = { ...fields };
  for (const { path } of referencesOf(state.config, kind)) {
    const value = valueAt(fields, path);
    const ids = idsIn(value);
    const there = ids.filter(id => !isLost(state, id));
    if (there.length === ids.length) continue;
    if (there.length > 0) left[path] = there;
    else delete left[path];
  }
  return left as unknown as Rec;
}
