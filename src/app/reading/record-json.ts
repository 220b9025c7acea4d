/** Makes the JSON of one record, as `show --json` prints it, for programs that are handed it. */
import { numberOf } from '../../domain/kinds.ts';
import { isEmpty, type Json } from '../../domain/records.ts';
import type { View } from '../core/view.ts';
import { type Shown, shown } from './shape.ts';

/** Returns a function that returns the JSON of a record by its id, null if there is none; the fields of a kind are prepared once. */
export function recordsAsJson(view: View): (id: string) => Json {
  const { state } = view;
  const fields = new Map<string, readonly Shown[]>();
  return id => {
    if (!state.has(id)) return null;
    const kind = state.kinds.kindOf(id);
    const row = state.table(kind).row(numberOf(id));
    const known = fields.get(kind) ?? shown(view, kind, 'json');
    fields.set(kind, known);
    const values = known.map(({ name, sparse, json }) => [name, json(row), sparse] as const);
    return Object.fromEntries(values.filter(([, value, sparse]) => !(sparse && isEmpty(value))));
  };
}
