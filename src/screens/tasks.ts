/** `crm tasks` for people: a table of open deals per group, and what is next for each. */
import type { TaskGroup, TasksView } from '../app/reading/tasks-view.ts';
import { amount } from '../domain/money.ts';
import { printable } from '../ui/escape.ts';
import { groupedTableLines, rowsPerGroup } from '../ui/grouped-table.ts';
import { dueText } from '../ui/when.ts';
import { plural } from '../ui/words.ts';
import type { Terminal } from './terminal.ts';

/** A group is rather longer than the terminal than that it shows less than this. */
const LEAST_SHOWN = 20;
/** The titles above, and the prompt that comes back below. */
const LINES_AROUND = 2;

/** What is shown of a deal; WHO is to do the task, or has the deal if nobody is. */
const columns = ['deal', 'title', 'value', 'due', 'type', 'task', 'who'].map(name => ({
  title: name.toUpperCase(),
  align: name === 'value' ? ('right' as const) : ('left' as const),
  whole: ['deal', 'value', 'due'].includes(name),
  yields: ['value', 'type', 'who'].includes(name),
}));
const DEAL = 0;
const DUE = 3;

/** Draws the open deals in a table per group, as many as `limit` or the height of the terminal allow. */
export async function drawTasks(
  terminal: Terminal,
  found: TasksView,
  limit: number | undefined,
  today: number,
): Promise<void> {
  const { stdout } = terminal.streams;
  const paint = await terminal.paint();
  const groups = found.groups.filter(({ count }) => count > 0);
  if (groups.length === 0) return terminal.message('no open deals');
  const sizes = groups.map(({ count }) => count);
  const most = limit ?? Math.max(LEAST_SHOWN, rowsPerGroup(sizes, stdout.rows - LINES_AROUND));
  const cells = (group: TaskGroup, row: number) => {
    const { deal, title, value, currency, taskTitle, type, assignee, owner } = found.line(group, row);
    const due = taskTitle === null ? '' : dueText(found.next.due(row), today) || 'no date';
    const worth = amount(value, currency);
    return [deal, title, worth, due, type ?? '', taskTitle ?? '', assignee ?? owner ?? ''].map(printable);
  };
  const shown = groups.map(group => group.rows(most));
  const isOverdue = (group: number, row: number) => found.next.action(shown[group]![row]!) === 'overdue';
  const lines = groupedTableLines(
    groups.map((group, i) => ({
      heading: `${paint.bold(printable(group.name))}  ${plural(group.count, 'deal')}`,
      rows: shown[i]!.map(row => cells(group, row)),
      more: group.count - shown[i]!.length,
    })),
    columns,
    stdout.columns,
    {
      dim: paint.dim,
      cell: (text, group, row, i) =>
        i === DEAL ? paint.dim(text) : i === DUE && isOverdue(group, row) ? paint.red(text) : text,
    },
  );
  await terminal.print([...lines].join(''));
}
