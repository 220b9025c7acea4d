import { list } from '../../app/reading/list.ts';
import { oneOf } from '../line/globals.ts';
import type { OtherForm } from './other-form.ts';

const entryKinds = ['event', 'todo'] as const;

/** Tasks as a calendar. */
export const calendar: OtherForm = {
  name: 'ics',
  kind: 'task',
  ending: '.ics',
  noun: 'task',
  bySingle: false,
  details: ['kind', 'closes'],
  options: [
    { flags: '--ics', description: 'tasks as a calendar, which Google, Outlook and iOS show' },
    {
      flags: '--kind <KIND>',
      description: 'event, which every calendar shows, or todo, for programs with a to-do list',
    },
    { flags: '--closes', description: 'add the days on which open deals should close to the calendar' },
  ],
  async pieces({ options, view, rows, workspace, context }) {
    const { closesAsEntries, tasksAsEntries } = await import('../../app/reading/calendar.ts');
    const { calendarText } = await import('../../channels/calendar-write.ts');
    const kind = oneOf('--kind', options.text('kind') ?? 'event', entryKinds);
    const entries = [...tasksAsEntries(view, rows, workspace, { undated: kind === 'todo' })];
    if (options.flag('closes'))
      entries.push(...closesAsEntries(view, list(view, 'deal', { query: ['is:open'] }), workspace));
    const { config } = await context.workspace();
    return [{ file: 'crm.ics', text: calendarText(config.name ?? 'crm', entries, kind) }];
  },
};
