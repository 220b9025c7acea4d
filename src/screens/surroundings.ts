/** Below a record that people look at: its tasks, what happened, and its deals and contacts. */
import { type Shown, shown } from '../app/reading/shape.ts';
import { surroundings } from '../app/reading/surroundings.ts';
import type { View } from '../app/core/view.ts';
import type { Kind } from '../domain/kinds.ts';
import { printable } from '../ui/escape.ts';
import { groupedTableLines } from '../ui/grouped-table.ts';
import { plural } from '../ui/words.ts';
import type { Terminal } from './terminal.ts';

/** How many of each are shown. */
const SHOWN = 5;

/** What is shown of each; the texts of fields that are not `whole` are shortened. */
const fields = {
  tasks: { kind: 'task', heading: 'open task', names: ['id', 'due', 'type', 'title', 'assignee'] },
  activities: { kind: 'activity', heading: 'activity', names: ['id', 'at', 'type', 'text', 'by'] },
  deals: { kind: 'deal', heading: 'deal', names: ['id', 'status', 'stage', 'title', 'value', 'currency'] },
  contacts: { kind: 'contact', heading: 'contact', names: ['id', 'name', 'email'] },
} as const;

/** Draws a table for each kind of record around the record of `row`, the first few of each. */
export async function drawSurroundings(
  terminal: Terminal,
  view: View,
  kind: Kind,
  row: number,
): Promise<void> {
  const found = surroundings(view, kind, row);
  const { stdout } = terminal.streams;
  const paint = await terminal.paint();
  for (const name of ['tasks', 'activities', 'deals', 'contacts'] as const) {
    const rows = found[name];
    if (rows.length === 0) continue;
    const { kind: of, heading, names } = fields[name];
    const columns: Shown[] = shown(view, of, 'list', [...names]);
    const most = rows.slice(0, SHOWN);
    const lines = groupedTableLines(
      [
        {
          heading: paint.bold(plural(rows.length, heading)),
          rows: most.map(each => columns.map(column => printable(column.human(each)))),
          more: rows.length - most.length,
        },
      ],
      columns.map(column => ({
        title: '',
        align: column.align ?? 'left',
        whole: column.whole ?? column.align === 'right',
      })),
      stdout.columns,
      { dim: paint.dim, cell: (text, _group, _row, i) => (i === 0 ? paint.dim(text) : text) },
    );
    await terminal.print(`\n${[...lines].join('')}`);
  }
}
