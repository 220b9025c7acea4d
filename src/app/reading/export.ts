/** What an export has: every field, each custom field in a column of its own in CSV, texts guarded against formulas. */
import { guardFormula } from '../../channels/csv-write.ts';
import type { User } from '../../domain/config.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { FieldTypeName } from '../../kinds/field.ts';
import { findField } from '../../kinds/fields.ts';
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
  if (raw) return columns;
  return columns.map(column => {
    const type = column.name.startsWith('prop.')
      ? 'text'
      : findField(view.state.config, kind, column.name)?.type;
    const isText = type !== undefined && texts.includes(type);
    return isText ? guarded(column) : column;
  });
}

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

/** The same for users; all that they have is text, but whether they are active. */
export function userColumns(guard: boolean): ExportColumn<User>[] {
  return userFields.map(name => {
    const column: ExportColumn<User> = {
      name,
      text: user => String(user[name] ?? ''),
      json: user => user[name] ?? null,
    };
    return guard ? guarded(column) : column;
  });
}

const guarded = <R, C extends ExportColumn<R>>(column: C): C => ({
  ...column,
  text: (row: R) => guardFormula(column.text(row)),
});
