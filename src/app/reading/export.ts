/**
 * The contents of an export: every field, each custom field in a column of its own in CSV, texts guarded against
 * formulas.
 */
import { ORIGIN } from '../core/origin.ts';
import { portableColumns } from './portable.ts';
import { type Shown, shown } from './shape.ts';
import type { View } from '../core/view.ts';
import { guardFormula } from '../../channels/csv-write.ts';
import type { User } from '../../domain/config.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Json } from '../../domain/records.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { FieldTypeName } from '../../kinds/field.ts';
import { findField } from '../../kinds/fields.ts';

/** Types whose values people write as they like. */
const texts: readonly FieldTypeName[] = [
  'text',
  'link',
  'tags',
  'word',
  'choice',
  'choices',
  'emails',
  'domains',
  'handle',
  'phone',
  'phones',
];
/**
 * Phone numbers, which a spreadsheet would turn into a number or refuse, but not run: `+31 6 1234 5678`, several with
 * commas.
 */
const PHONES = /^\+?[\d\s()./-]+(?:,\+?[\d\s()./-]+)*$/;

/** A column of an export; a row is a record's row, or a user. */
export interface ExportColumn<R> {
  readonly name: string;
  text(row: R): string;
  json(row: R): Json;
}

export interface ExportOptions {
  readonly csv: boolean;
  /** Only these columns, in this order. */
  readonly names: readonly string[] | undefined;
  readonly raw: boolean;
  /** Whether a spreadsheet opens it, which would remove the plus of a phone. */
  readonly excel?: boolean;
  /** The workspace whose ids these are; left out, no column says it. */
  readonly origin: string | undefined;
  /** Whether it is for another workspace: no ids, and nothing that cannot be set. */
  readonly portable: boolean;
}

/** The columns of an export; the last one says of which workspace the ids are, unless there are none or columns were chosen. */
export function exportColumns(
  view: View,
  kind: Kind,
  rows: readonly number[],
  { csv, names, raw, excel = false, origin, portable }: ExportOptions,
): Shown[] {
  const all = shown(view, kind, csv ? 'flat' : 'json', names);
  const chosen = portable ? portableColumns(view, kind, all, origin ?? '') : all;
  const isOf = origin !== undefined && !portable && names === undefined;
  const withOrigin = isOf ? [...chosen, originColumn(origin)] : chosen;
  if (!csv) return withOrigin;
  const columns = withOrigin.flatMap(column => (column.name === 'props' ? properties(view, rows) : column));
  return raw ? columns : guardedColumns(view, kind, columns, excel);
}

/**
 * The same columns with texts guarded against formulas, for CSV; numbers, days and ids cannot be one, nor can phone
 * numbers, unless `phones` says that a spreadsheet opens them.
 */
export const guardedColumns = (view: View, kind: Kind, columns: readonly Shown[], phones = false): Shown[] =>
  columns.map(column => {
    const type = column.name.startsWith('prop.')
      ? 'text'
      : findField(view.state.config, kind, column.name)?.type;
    if (type !== undefined && !texts.includes(type)) return column;
    const isPhone = !phones && (type === 'phone' || type === 'phones');
    return isPhone ? guarded(column, text => PHONES.test(text)) : guarded(column);
  });

const originColumn = (origin: string): Shown => ({
  name: ORIGIN,
  json: () => origin,
  text: () => origin,
  human: () => origin,
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

/** A column whose texts are guarded, but for those that are harmless as they are. */
const guarded = (column: Shown, isHarmless: (text: string) => boolean = () => false): Shown => ({
  ...column,
  text: row => {
    const text = column.text(row);
    return isHarmless(text) ? text : guardFormula(text);
  },
});
