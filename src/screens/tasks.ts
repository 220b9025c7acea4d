/** `crm tasks` for people: a table of open deals per group, and what is next for each. */
import type { View } from '../app/core/view.ts';
import { nameOf, userName } from '../app/reading/said.ts';
import { OTHER, type OtherTasks, type TaskLine, type TasksView } from '../app/reading/tasks-view.ts';
import { dayNumber } from '../domain/dates.ts';
import { amount } from '../domain/money.ts';
import { printable } from '../ui/escape.ts';
import { groupedTableLines, rowsPerGroup } from '../ui/grouped-table.ts';
import { dueText } from '../ui/when.ts';
import { plural } from '../ui/words.ts';
import type { Terminal } from './terminal.ts';

/** The fewest rows of a group: the list rather becomes longer than the terminal. */
const LEAST_SHOWN = 20;
/** The titles above, and the prompt that comes back below. */
const LINES_AROUND = 2;

/** How many cells the title of a deal keeps before other columns are left out. */
const TITLE = 24;

/** The columns of a deal; WHO is the assignee of the task, or the owner of the deal if it has none. */
const columns = ['deal', 'title', 'customer', 'value', 'due', 'type', 'id', 'task', 'who'].map(name => ({
  title: name.toUpperCase(),
  align: name === 'value' ? ('right' as const) : ('left' as const),
  whole: ['deal', 'value', 'due', 'id'].includes(name),
  yields: ['customer', 'value', 'type', 'who'].includes(name),
  goes: name === 'id',
  goesFirst: name !== 'id',
  ...(name === 'title' && { wants: TITLE }),
}));
const [DEAL, DUE, ID] = [0, 4, 6];

/**
 * Draws the open deals in a table per group, as many as `limit` or the height of the terminal allow, and below them the
 * tasks that are not about an open deal.
 */
export async function drawTasks(
  terminal: Terminal,
  view: View,
  found: TasksView,
  others: OtherTasks | undefined,
  limit: number | undefined,
): Promise<void> {
  const { stdout } = terminal.streams;
  const paint = await terminal.paint();
  const today = dayNumber(view.clock.zone.day(view.clock.now));
  const groups: DrawnGroup[] = found.groups
    .filter(({ count }) => count > 0)
    .map(group => ({
      heading: `${paint.bold(printable(group.name))}  ${plural(group.count, 'deal')}`,
      count: group.count,
      lines: most => group.rows(most).map(row => found.line(group, row)),
    }));
  if (others && others.rows.length > 0)
    groups.push({
      heading: `${paint.bold('Not about an open deal')}  ${plural(others.rows.length, 'task')}`,
      count: others.rows.length,
      lines: most => others.rows.slice(0, most).map(others.line),
    });
  if (groups.length === 0) return terminal.message('no open deals');
  const sizes = groups.map(({ count }) => count);
  const most = limit ?? Math.max(LEAST_SHOWN, rowsPerGroup(sizes, stdout.rows - LINES_AROUND));
  const shown = groups.map(group => group.lines(most));
  const isOverdue = ({ due }: TaskLine) => due !== null && dayNumber(due) < today;
  const lines = groupedTableLines(
    groups.map(({ heading, count }, i) => ({
      heading,
      rows: shown[i]!.map(line => cellsOf(view, line, today)),
      more: count - shown[i]!.length,
    })),
    columns,
    stdout.columns,
    {
      dim: paint.dim,
      cell: (text, group, row, i) =>
        i === DEAL || i === ID
          ? paint.dim(text)
          : i === DUE && isOverdue(shown[group]![row]!)
            ? paint.red(text)
            : text,
    },
  );
  await terminal.print([...lines].join(''));
}

interface DrawnGroup {
  /** Painted. */
  readonly heading: string;
  readonly count: number;
  lines(most: number): readonly TaskLine[];
}

function cellsOf(view: View, line: TaskLine, today: number): string[] {
  const { deal, title, value, currency, task, taskTitle, type, due, assignee, owner, account, contact } =
    line;
  const isOther = line.group === OTHER;
  const subject = deal ?? account ?? contact ?? '';
  const customer = isOther && deal === null ? undefined : (account ?? contact);
  const who = assignee ?? owner;
  return [
    subject,
    title ?? '',
    customer ? nameOf(view, customer) : '',
    value === null ? '' : amount(value, currency ?? undefined),
    taskTitle === null ? '' : due === null ? 'no date' : dueText(dayNumber(due), today),
    type ?? '',
    task ?? '',
    taskTitle ?? '',
    who === null ? '' : userName(view.state.config, who),
  ].map(printable);
}
