import { parseLimit } from '../app/reading/list.ts';
import { groupings, type TaskGroup, type TasksView, tasksView } from '../app/reading/tasks-view.ts';
import { dayNumber } from '../domain/dates.ts';
import { amount } from '../ui/amounts.ts';
import { printable } from '../ui/escape.ts';
import { dueText } from '../ui/when.ts';
import { plural } from '../ui/words.ts';
import type { Command } from './command.ts';
import type { Context } from './context.ts';
import { oneOf } from './globals.ts';
import { formatFor, plainColumn, printThings } from './output.ts';

/** `crm tasks [QUERY]` */
export const tasks: Command = {
  summary: 'show open deals by what is next for them',
  usage: '[QUERY]',
  options: [
    { flags: '--by <WHAT>', description: 'group by next-action (the default) or stage' },
    {
      flags: '--limit <N>',
      description: 'so many deals in each group; on a terminal else what fits, 20 at least',
    },
  ],
  examples: ['tasks', 'tasks owner:me next-action:overdue,today', 'tasks --by stage pipeline:hardware'],
  async run(context, args, options) {
    const by = oneOf('--by', options.text('by') ?? 'next-action', groupings);
    const limitText = options.text('limit');
    const limit = limitText === undefined ? undefined : parseLimit(limitText);
    const view = await (await context.workspace()).view();
    const found = tasksView(view, args, by);
    if (formatFor(context) === 'table')
      return draw(context, found, limit, dayNumber(view.clock.zone.day(view.clock.now)));
    const lines = function* () {
      for (const group of found.groups) for (const row of group.rows(limit)) yield found.line(group, row);
    };
    await printThings(
      context,
      lines(),
      [
        plainColumn('group', l => l.group),
        plainColumn('deal', l => l.deal),
        plainColumn('title', l => l.title),
        plainColumn('task', l => l.task),
        plainColumn('taskTitle', l => l.taskTitle),
        plainColumn('type', l => l.type),
        plainColumn('due', l => l.due),
        plainColumn('assignee', l => l.assignee),
        plainColumn('owner', l => l.owner),
        plainColumn('value', l => l.value),
        plainColumn('currency', l => l.currency),
      ],
      l => l.deal,
    );
  },
};

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

async function draw(
  context: Context,
  found: TasksView,
  limit: number | undefined,
  today: number,
): Promise<void> {
  const { groupedTableLines, rowsPerGroup } = await import('../ui/grouped-table.ts');
  const { stdout } = context.streams;
  const paint = await context.paint();
  const groups = found.groups.filter(({ count }) => count > 0);
  if (groups.length === 0) return context.message('no open deals');
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
  await context.print([...lines].join(''));
}
