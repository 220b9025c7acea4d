/** Prints lists and records, in the requested format or in the one that fits the output. */

import { guardedColumns } from '../../app/reading/export.ts';
import { type Breadth, type Shown, shown, shownInFull, shownToPeople } from '../../app/reading/shape.ts';
import type { View } from '../../app/core/view.ts';
import { csvLine, guardFormula } from '../../channels/csv-write.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Trashed } from '../../state/state.ts';
import {
  type Column,
  type Format,
  formats,
  renderList,
  renderOne,
  type RenderOptions,
} from '../../ui/format.ts';
import { plainColumn, type ThingColumn } from '../../ui/thing-column.ts';
import type { Context } from '../line/context.ts';
import { oneOf } from '../line/globals.ts';

/** The format that was asked for, else that of CRM_FORMAT, else a table on a terminal and TSV in a pipe. */
export const formatFor = (context: Context): Format =>
  context.globals.format ??
  formatIn(context.deps.env.CRM_FORMAT) ??
  (context.streams.stdout.isTTY ? 'table' : 'tsv');

/** The format that the environment asks for. */
const formatIn = (named: string | undefined): Format | undefined =>
  named === undefined || named === '' ? undefined : oneOf('CRM_FORMAT', named, formats);

const breadthOf = (format: Format): Breadth =>
  format === 'csv' ? 'flat' : format === 'json' || format === 'jsonl' || format === 'yaml' ? 'json' : 'list';

async function renderOptions<R>(context: Context, id: (row: R) => string): Promise<RenderOptions<R>> {
  const { stdout } = context.streams;
  return {
    width: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
    paint: await context.paint(),
    id,
    csvLine,
  };
}

/** Prints what was rendered; CSV is exact. */
const printIn = (context: Context, format: Format, text: string): Promise<void> =>
  format === 'csv' ? context.printExact(text) : context.print(text);

/** Prints rows of a kind. */
export async function printRecords(
  context: Context,
  view: View,
  kind: Kind,
  rows: readonly number[],
): Promise<void> {
  const format = formatFor(context);
  const { fields } = context.globals;
  const columns =
    format === 'table' && !fields
      ? shownToPeople(view, kind, rows)
      : shown(view, kind, breadthOf(format), fields);
  const guarded = isGuarded(context) ? guardedColumns(view, kind, columns) : columns;
  const options = await renderOptions<number>(context, row => view.state.table(kind).id(row));
  if (rows.length === 0) context.nothing();
  for await (const chunk of renderList(rows, guarded.map(colored), format, options))
    await printIn(context, format, chunk);
}

/** Paints a field in the colour that it has for a row. */
const colored = (field: Column<number> & Pick<Shown, 'color'>): Column<number> =>
  field.color ? { ...field, paint: (text, row, paint) => paint.stage(field.color?.(row), text) } : field;

/** Prints one record in full; `more` are fields that only this command has. */
export async function printRecord(
  context: Context,
  view: View,
  kind: Kind,
  row: number,
  more: { readonly [name: string]: unknown } = {},
): Promise<void> {
  const format = formatFor(context);
  const { fields } = context.globals;
  const columns: readonly Shown[] =
    format === 'table' && !fields
      ? shownInFull(view, kind, row)
      : shown(
          view,
          kind,
          format === 'tsv' || format === 'csv' || format === 'table' ? 'flat' : 'json',
          fields,
        );
  const guarded = isGuarded(context) ? guardedColumns(view, kind, columns) : columns;
  const options = await renderOptions<number>(context, each => view.state.table(kind).id(each));
  const added = Object.entries(more).map(([name, value]) => plainColumn<number>(name, () => value));
  await printIn(context, format, await renderOne(row, [...guarded.map(colored), ...added], format, options));
}

/** Columns whose texts are guarded against formulas in CSV; a number cannot be one. */
const guarded = <R>(columns: readonly Column<R>[]): Column<R>[] =>
  columns.map(column => ({
    ...column,
    csv: row => (typeof column.json(row) === 'number' ? column.text(row) : guardFormula(column.text(row))),
  }));

/** Prints things that are not records: those for which the words of `filter` hold (see filter-things.ts). */
export async function printThings<R>(
  context: Context,
  all: Iterable<R>,
  columns: readonly ThingColumn<R>[],
  id: (thing: R) => string,
  filter: readonly string[] = [],
): Promise<void> {
  let things = all;
  if (filter.length > 0) things = (await import('./filter-things.ts')).filterThings(all, columns, filter);
  const picked = pickColumns(context, columns);
  const format = formatFor(context);
  let empty = true;
  let count = 0;
  const counted = function* () {
    for (const thing of things) {
      count++;
      yield thing;
    }
  };
  for await (const chunk of renderList(counted(), picked, format, await renderOptions(context, id))) {
    await printIn(context, format, chunk);
    empty = false;
  }
  if (count === 0) context.nothing();
  if (empty && format === 'table') await context.message('nothing found');
}

/** Prints one of them: in JSON a bare object, on a terminal what it has, with labels. */
export async function printThing<R>(
  context: Context,
  thing: R,
  columns: readonly ThingColumn<R>[],
  id: (thing: R) => string,
): Promise<void> {
  const picked = pickColumns(context, columns);
  const format = formatFor(context);
  await printIn(context, format, await renderOne(thing, picked, format, await renderOptions(context, id)));
}

/** Returns the columns that `--fields` names, otherwise those of the format; in CSV, guarded against formulas. */
export function pickColumns<R>(
  context: Context,
  columns: readonly ThingColumn<R>[],
  isForCsv = isGuarded(context),
): readonly Column<R>[] {
  const names = context.globals.fields;
  const format = formatFor(context);
  const all = columns.filter(c => !c.jsonOnly || breadthOf(format) === 'json');
  const picked = names ? named(names, columns) : format === 'table' ? all.map(forPeople) : all;
  return isForCsv ? guarded(picked) : picked;
}

/** Columns that say which thing a row is. */
const NAMES: ReadonlySet<string> = new Set(['name', 'title', 'subject']);
/** How many cells an id of words keeps before the last columns are left out. */
const ID = 20;

/** A column of a list that nobody picked: a table that is too narrow keeps the first two and the name. */
function forPeople<R>(column: Column<R>, i: number): Column<R> {
  const isName = column.isName ?? NAMES.has(column.name);
  return {
    ...column,
    isName,
    goes: column.goes ?? (i >= 2 && !isName),
    ...(i === 0 && !isName && column.wants === undefined && { wants: ID }),
  };
}

const isGuarded = (context: Context): boolean => formatFor(context) === 'csv' && !context.globals.raw;

function named<R>(names: readonly string[], columns: readonly ThingColumn<R>[]): readonly Column<R>[] {
  return names.map(name => {
    const column = columns.find(c => c.name === name);
    if (column) return column;
    const known = columns.map(c => c.name);
    throw usage(`unknown field ${JSON.stringify(name)}`, suggestion(name, known, 'fields'));
  });
}

/** What is printed of a record that is in the trash. */
export const trashedColumns: readonly ThingColumn<Trashed>[] = [
  plainColumn('id', t => t.id, { whole: true }),
  plainColumn('title', t => t.record.title ?? t.record.name ?? t.record.text),
  plainColumn('removedAt', t => t.removedAt, { whole: true }),
];

/** Prints records that are in the trash. */
export const printTrashed = (context: Context, trashed: readonly Trashed[]): Promise<void> =>
  printThings(context, trashed, trashedColumns, t => t.id);

/** Prints a value that is one JSON object, and returns whether it did: whether JSON was asked for. */
export async function printJson(context: Context, value: unknown): Promise<boolean> {
  const { format } = context.globals;
  if (format !== 'json' && format !== 'jsonl' && format !== 'yaml') return false;
  if (format === 'yaml') await context.print((await import('../../ui/yaml-text.ts')).yamlText(value));
  else {
    const { jsonPieces } = await import('../../ui/escape.ts');
    for (const piece of jsonPieces(value, format === 'json' ? 2 : undefined)) await context.print(piece);
    await context.print('\n');
  }
  return true;
}
