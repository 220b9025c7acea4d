/** What an export has: every field, each custom field in a column of its own in CSV, texts guarded against formulas. */
import { guardFormula } from '../channels/csv-write.ts';
import { findField } from '../domain/fields.ts';
import type { Kind } from '../domain/kinds.ts';
import { type Shown, shown } from './shape.ts';
import type { View } from './view.ts';

export function exportColumns(
  view: View,
  kind: Kind,
  csv: boolean,
  names: readonly string[] | undefined,
  raw: boolean,
): Shown[] {
  const columns = shown(view, kind, csv ? 'flat' : 'json', names);
  if (!csv || raw) return columns;
  return columns.map(column => {
    const type = findField(view.state.config, kind, column.name)?.type;
    const isText =
      type === 'text' || type === 'tags' || type === 'word' || type === 'choice' || type === 'choices';
    return isText ? { ...column, text: row => guardFormula(column.text(row)) } : column;
  });
}
