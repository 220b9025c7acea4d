/** Shows the first rows of an import as the records that they would become, before the user confirms. */
import type { Mapping } from '../app/import/mapping.ts';
import { previewRows } from '../app/import/preview.ts';
import { isBeside } from '../app/import/row-reader.ts';
import type { Table } from '../app/import/table.ts';
import type { ImportKind } from '../app/import/target.ts';
import { type Shown, shown } from '../app/reading/shape.ts';
import { userName } from '../app/reading/said.ts';
import type { View } from '../app/core/view.ts';
import type { Workspace } from '../app/core/workspace.ts';
import { csvLine } from '../channels/csv-write.ts';
import { type Config, pipelineOf, stageOf } from '../domain/config.ts';
import { CrmError } from '../domain/errors.ts';
import { type Kind, numberOf } from '../domain/kinds.ts';
import { findField } from '../kinds/fields.ts';
import { printable } from '../ui/escape.ts';
import { type Column, renderList, renderOne } from '../ui/format.ts';
import { columnsWithRoom } from '../ui/table.ts';
import type { Terminal } from './terminal.ts';

/** The rows of an import, and the noun for them. */
export interface NamedTable extends Table {
  readonly name: string;
}

/** How many rows are shown as a table. */
const PREVIEWED = 5;
/** How many rows are shown one below the other, if a table has no room for all their fields. */
const IN_FULL = 2;
/** In fewer cells the columns of a table cannot be read. */
const READABLE = 12;

/**
 * Shows the errors of the first rows, and the records of the others: in a table, or one by one if a table does not
 * fit. Also shows an error that refuses the import as a whole: the answers are not lost by it.
 */
export async function showFirst(
  terminal: Terminal,
  workspace: Workspace,
  source: NamedTable,
  kind: ImportKind,
  mapping: Mapping,
): Promise<void> {
  try {
    await showRows(terminal, workspace, source, kind, mapping);
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    await terminal.message(`Error: ${error.message}`);
  }
}

async function showRows(
  terminal: Terminal,
  workspace: Workspace,
  source: NamedTable,
  kind: ImportKind,
  mapping: Mapping,
): Promise<void> {
  const { rows, result, view, config } = await previewRows(workspace, source, kind, mapping, PREVIEWED);
  for (const { line, column, error } of result.errors)
    await terminal.message(`${source.name}:${line}${column === null ? '' : `: ${column}`}: ${error}`);
  if (kind === 'user') return;
  const table = view.state.table(kind);
  const found = rows
    .flatMap(({ id }) => (id === undefined ? [] : [table.row(numberOf(id))]))
    .filter(row => row >= 0);
  const columns = shown(view, kind, 'list', fieldsIn(mapping)).map(each => byName(view, kind, config, each));
  const { stderr } = terminal.streams;
  const paint = await terminal.paint();
  const options = { width: stderr.columns, paint, id: (row: number) => table.id(row), csvLine };
  if (fits(columns, found, stderr.columns)) {
    for await (const chunk of renderList(found, columns, 'table', options)) await stderr.write(chunk);
    return;
  }
  for (const row of found.slice(0, IN_FULL))
    await stderr.write(`\n${await renderOne(row, columns, 'table', options)}`);
  await stderr.write('\n');
}

/** Returns the fields that a mapping fills, each once: those of columns, of composed texts and of single words. */
function fieldsIn({ columns, compose }: Mapping): string[] {
  const named = Object.values(columns).flatMap(({ field, values }) => [
    field,
    ...Object.values(values ?? {}).flatMap(fields => Object.keys(fields)),
  ]);
  return [
    ...new Set([...named, ...Object.keys(compose)].map(name => (name === 'closes' ? 'expectedClose' : name))),
  ]
    .filter(name => name !== undefined)
    .filter(name => !isBeside(name) && !name.startsWith('prop.'));
}

/** Returns a field that also knows the names of stages and users that the rows would make, which the state lacks. */
function byName(view: View, kind: Kind, config: Config, field: Shown): Shown {
  const table = view.state.table(kind);
  const type = findField(config, kind, field.name)?.type;
  if (field.name === 'stage')
    return {
      ...field,
      human: row =>
        stageOf(pipelineOf(config, String(table.record(row).pipeline)), field.text(row))?.name ??
        field.human(row),
    };
  return type === 'user' ? { ...field, human: row => userName(config, field.text(row)) } : field;
}

/** Whether a table has room for all columns that are not empty. */
function fits(columns: readonly Column<number>[], rows: readonly number[], width: number): boolean {
  const cells = rows.map(row => columns.map(column => printable(column.human?.(row) ?? column.text(row))));
  const used = columns.filter((_, i) => cells.some(line => line[i] !== '')).length;
  const drawn = columns.map(({ align = 'left', whole = align === 'right' }) => ({
    title: '',
    align,
    whole,
    goes: true,
  }));
  return columnsWithRoom(drawn, cells, width, READABLE).length === used;
}
