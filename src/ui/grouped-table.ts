import { columnsWithRoom, type TableColumn, tableLines } from './table.ts';
import { grouped } from './words.ts';

/** Rows under a heading; cells are printable text. */
export interface TableGroup {
  /** Painted already. */
  readonly heading: string;
  readonly rows: readonly (readonly string[])[];
  /** How many rows were left out. */
  readonly more: number;
}

/**
 * The lines of a table in groups, each ending in `\n`. Columns are aligned across all groups. An empty column takes
 * no room, and the last of the columns that may go are left out if the others could not be read beside them. Titles,
 * if there are any, come once, at the top. `paint` colours a cell of a row of a group.
 */
export function* groupedTableLines(
  groups: readonly TableGroup[],
  columns: readonly TableColumn[],
  width: number,
  paint: {
    dim(text: string): string;
    cell(text: string, group: number, row: number, column: number): string;
  },
): Iterable<string> {
  const all = groups.flatMap(({ rows }, group) => rows.map((cells, row) => ({ group, row, cells })));
  const used = columnsWithRoom(
    columns.map(column => (column.yields ? { ...column, goes: true } : column)),
    all.map(({ cells }) => cells),
    width - indent.length,
    readable,
  );
  const [titles, ...lines] = tableLines(
    used.map(i => columns[i]!),
    all.map(({ cells }) => used.map(i => cells[i]!)),
    width - indent.length,
    (text, row, i) =>
      row < 0 ? paint.dim(text) : paint.cell(text, all[row]!.group, all[row]!.row, used[i]!),
  );
  if (titles !== '\n') yield indent + titles;
  let next = 0;
  for (const [i, { heading, rows, more }] of groups.entries()) {
    yield `${i > 0 ? '\n' : ''}${heading}\n`;
    for (const _ of rows) yield indent + lines[next++];
    if (more > 0) yield `${indent}${paint.dim(`+ ${grouped(more)} more`)}\n`;
  }
}

const indent = '  ';
/** The least width in which a text can be read, in cells. */
const readable = 13;

/**
 * Returns the number of rows that each group may show so that groups of these sizes, with their headings, fit into
 * `height` lines.
 */
export function rowsPerGroup(sizes: readonly number[], height: number): number {
  const linesWith = (most: number) =>
    sizes.reduce((sum, size) => sum + 2 + Math.min(size, most) + (size > most ? 1 : 0), 0);
  let most = Math.max(0, ...sizes);
  if (linesWith(most) <= height) return most;
  most = Math.min(most, Math.ceil(height));
  while (most > 0 && linesWith(most) > height) most--;
  return most;
}
