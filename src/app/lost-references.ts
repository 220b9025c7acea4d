/** References to records that were purged: a record that comes back from the trash, or by an undo, has them no more. */
import { fieldsOf } from '../domain/fields.ts';
import { type Kind, parseId } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { State } from '../domain/state.ts';

/** Whether an id is of a record that is neither there nor in the trash. */
const isLost = (state: State, id: Json): boolean =>
  typeof id === 'string' && parseId(id) !== undefined && !state.get(id) && !state.trash().has(id);

/** The record without references to what is gone for good. */
export function withoutLost(state: State, kind: Kind, record: Rec): Rec {
  const left: Record<string, Json | undefined> = { ...record };
  for (const { path, refs, read } of fieldsOf(state.config, kind)) {
    const value = record[path];
    if (!refs || read || value === undefined) continue;
    if (!Array.isArray(value)) {
      if (isLost(state, value)) delete left[path];
    } else if (value.some(id => isLost(state, id))) {
      left[path] = value.filter(id => !isLost(state, id));
      if ((left[path] as readonly Json[]).length === 0) delete left[path];
    }
  }
  return left as unknown as Rec;
}
