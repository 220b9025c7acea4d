import { parseLimit } from '../app/reading/list.ts';
import { groupings, otherTasks, tasksView } from '../app/reading/tasks-view.ts';
import { usage } from '../domain/errors.ts';
import { query } from './args/declare.ts';
import { command } from './line/command.ts';
import { oneOf } from './line/globals.ts';
import { formatFor, printThings } from './printing/output.ts';
import { sumsCachesOf } from './sums-caches.ts';
import { plainColumn } from '../ui/thing-column.ts';
import { quietIfNothing } from './line/quiet-option.ts';

/** `crm tasks [QUERY]` */
export const tasks = command({
  summary: 'show open deals by what is next for them',
  effect: 'reads',
  args: { query: query() },
  options: [
    { flags: '--by <WHAT>', description: 'group by next-action (the default) or stage' },
    {
      flags: '--all',
      description:
        'also list tasks that are not about an open deal, and by stage overdue and idle deals apart, as on a terminal',
    },
    {
      flags: '--limit <N>',
      description: 'at most N deals in each group (default on a terminal: as many as fit, at least 20)',
    },
    quietIfNothing,
  ],
  examples: ['tasks', 'tasks owner:me next-action:overdue,today', 'tasks --by stage pipeline:hardware'],
  jsonFields: [
    'group',
    'deal',
    'title',
    'task',
    'taskTitle',
    'type',
    'due',
    'assignee',
    'owner',
    'value',
    'currency',
    'account',
    'contact',
  ],
  async run(context, { query }, options) {
    const by = oneOf('--by', options.text('by') ?? 'next-action', groupings);
    const limitText = options.text('limit');
    const limit = limitText === undefined ? undefined : parseLimit(limitText);
    const workspace = await context.workspace();
    const now = await workspace.open();
    const view = await workspace.view(now);
    const isTable = formatFor(context) === 'table';
    const isAll = options.flag('all');
    if (isAll && query.length > 0)
      throw usage('--all cannot be used with a query, which selects deals', 'crm task list is:open');
    const found = tasksView(view, query, by, { apart: isTable || isAll }, sumsCachesOf(workspace, now));
    const others = query.length === 0 && (isTable || isAll) ? otherTasks(view) : undefined;
    if (found.groups.every(({ count }) => count === 0) && (others?.rows.length ?? 0) === 0) context.nothing();
    if (isTable) {
      const { drawTasks } = await import('../screens/tasks.ts');
      return drawTasks(context, view, found, others, limit);
    }
    const lines = function* () {
      for (const group of found.groups) for (const row of group.rows(limit)) yield found.line(group, row);
      for (const row of others?.rows.slice(0, limit) ?? []) yield others!.line(row);
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
        plainColumn('account', l => l.account),
        plainColumn('contact', l => l.contact),
      ],
      l => l.deal ?? l.task ?? '',
    );
  },
});
