/** The calendar that a user subscribes to: their own tasks, and the days on which their deals should close. */
import { calendarText } from '../../channels/calendar-write.ts';
import type { View } from '../core/view.ts';
import { closesAsEntries, tasksAsEntries } from './calendar.ts';
import { list } from './list.ts';

export interface FeedOptions {
  /** To-dos, which few programs show, instead of events. */
  readonly kind: 'event' | 'todo';
  /** Whether the days are there on which open deals of the user should close. */
  readonly closes: boolean;
}

/** Open tasks, and those done within the last month: a calendar shows what was, and need not grow for ever. */
const TASKS = 'assignee:me (is:open or done:>=-30d)';
const DEALS = 'owner:me is:open';

/** How often a program may look again. */
const REFRESH = 'PT15M';

/** Returns the calendar of the viewer as text; the same state and day make the same text. */
export function calendarFeed(view: View, workspace: string, { kind, closes }: FeedOptions): string {
  const undated = kind === 'todo';
  const entries = [...tasksAsEntries(view, list(view, 'task', { query: [TASKS] }), workspace, { undated })];
  if (closes) entries.push(...closesAsEntries(view, list(view, 'deal', { query: [DEALS] }), workspace));
  return calendarText(view.config.name ?? 'crm', entries, kind, REFRESH);
}
