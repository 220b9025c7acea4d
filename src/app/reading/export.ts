/** What an export has: every field, each custom field in a column of its own in CSV, texts guarded against formulas. */
import { guardFormula } from '../../channels/csv-write.ts';
import type { User } from '../../domain/config.ts';
import { byCodeUnits, type FieldTypeName } from '../../domain/field-types.ts';
import { findField } from '../../domain/fields.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Json } from '../../domain/records.ts';
import type { View } from '../view.ts';
import { type Shown, shown } from './shape.ts';

/** Types whose values people write as they like. */
const texts: readonly FieldTypeName[] = ['text', 'link', 'tags', 'word', 'choice', 'choices'];

/** A column of an export; a row is a record's row, or a user. */
export interface ExportColumn<R> {
  readonly name: string;
  text(row: R): string;
  json(row: R): Json;
}

export function exportColumns(
  view: View,
  kind: Kind,
  csv: boolean,
  names: readonly string[] | undefined,
  raw: boolean,
  rows: readonly number[],
): Shown[] {
  const all = shown(view, kind, csv ? 'flat' : 'json', names);
  if (!csv) return all;
  const columns = all.flatMap(column => (column.name === 'props' ? properties(view, rows) : column));
  return raw ? columns : guardedColumns(view, kind, columns);
}

/** The same columns with texts guarded against formulas, for CSV; numbers, days and ids cannot be one. */
export const guardedColumns = (view: View, kind: Kind, columns: readonly Shown[]): Shown[] =>
  columns.map(column => {
    const type = column.name.startsWith('prop.')
      ? 'text'
      : findField(view.state.config, kind, column.name)?.type;
    return type === undefined || texts.includes(type) ? guarded(column) : column;
  });

/** Each property that some of the events have, in a column of its own, as import takes it. */
function properties(view: View, rows: readonly number[]): Shown[] {
  const events = view.state.table('event');
  const keys = new Set(rows.flatMap(row => Object.keys(events.record(row).props ?? {})));
  return shown(
    view,
    'event',
    'flat',
    [...keys].sort(byCodeUnits).map(key => `prop.${key}`),
  );
}

const userFields = ['id', 'name', 'email', 'role', 'active', 'signature'] as const;

/** The columns of an export of users. */
export const userColumns: readonly ExportColumn<User>[] = userFields.map(name => ({
  name,
  text: user => String(user[name] ?? ''),
  json: user => user[name] ?? null,
}));

const guarded = (column: Shown): Shown => ({
  ...column,
  text: row => guardFormula(column.text(row)),
});
