import { parseLimit } from '../app/reading/list.ts';
import { groupings, tasksView } from '../app/reading/tasks-view.ts';
import { dayNumber } from '../domain/dates.ts';
import type { Command } from './command.ts';
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
    if (formatFor(context) === 'table') {
      const { drawTasks } = await import('../screens/tasks.ts');
      return drawTasks(context, found, limit, dayNumber(view.clock.zone.day(view.clock.now)));
    }
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
