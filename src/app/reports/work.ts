/** What people did and have to do: activities and tasks, by the user whose they are. */
import { dayNumber } from '../../domain/dates.ts';
import type { Days } from '../../domain/periods.ts';
import { compileText } from '../../query/compile.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { Asked } from './asked.ts';
import { indexByInstant } from './period-keys.ts';

/** A kind of work, by the name of its figure. */
export const workKinds = ['calls', 'emails', 'meetings', 'notes', 'tasksDone', 'tasksAdded'] as const;
export type WorkKind = (typeof workKinds)[number];

const activityNames: Readonly<Record<string, WorkKind>> = {
  call: 'calls',
  email: 'emails',
  meeting: 'meetings',
  note: 'notes',
};

/** How often a user did something in a period; the user is null for nobody. */
export type Counter = (period: number, user: string | null, kind: WorkKind) => void;

/**
 * Calls `count` for each activity, and for each task that was done or added, in the period in which it was. Where some deals
 * are singled out, only for what is about one of them.
 */
export function countWork(asked: Asked, periods: readonly Days[], count: Counter): void {
  const { view } = asked;
  const { state } = view;
  const indexOf = indexByInstant(periods, view.clock);
  const isAsked = aboutAsked(asked);
  const activities = state.table('activity');
  const at = activities.column('at') as NumberColumn;
  const type = activities.column('type') as CodeColumn;
  const by = activities.column('by') as CodeColumn;
  const about = activities.column('for') as NumberColumn;
  eachRow(asked, 'activity', row => {
    const period = indexOf(at.get(row));
    const kind = activityNames[type.words[type.get(row)] ?? ''];
    if (period >= 0 && kind && isAsked(about.get(row))) count(period, by.words[by.get(row)] ?? null, kind);
  });
  const tasks = state.table('task');
  const done = tasks.column('doneAt') as NumberColumn;
  const added = tasks.column('createdAt') as NumberColumn;
  const assignee = tasks.column('assignee') as CodeColumn;
  const taskFor = tasks.column('for') as NumberColumn;
  eachRow(asked, 'task', row => {
    if (!isAsked(taskFor.get(row))) return;
    const user = assignee.words[assignee.get(row)] ?? null;
    const [doneIn, addedIn] = [indexOf(done.get(row)), indexOf(added.get(row))];
    if (doneIn >= 0) count(doneIn, user, 'tasksDone');
    if (addedIn >= 0) count(addedIn, user, 'tasksAdded');
  });
}

/** Calls `found` with the assignee of each open task that is overdue. */
export function overdueTasks(asked: Asked, found: (user: string | null) => void): void {
  const tasks = asked.view.state.table('task');
  const due = tasks.column('due') as NumberColumn;
  const status = tasks.column('status') as CodeColumn;
  const assignee = tasks.column('assignee') as CodeColumn;
  const about = tasks.column('for') as NumberColumn;
  const open = status.words.indexOf('open');
  const today = dayNumber(asked.today);
  const isAsked = aboutAsked(asked);
  eachRow(asked, 'task', row => {
    if (status.get(row) === open && due.get(row) < today && isAsked(about.get(row)))
      found(assignee.words[assignee.get(row)] ?? null);
  });
}

function eachRow({ view }: Asked, kind: 'activity' | 'task', each: (row: number) => void): void {
  if (view.state.table(kind).rows === 0) return;
  for (const { among, from } of view.blocks(compileText('()', kind, view.config)))
    for (let i = 0; i < among.length; i++) if (among[i] === 1) each(from + i);
}

/** Whether a reference leads to a deal that is asked for; any does where none are singled out. */
function aboutAsked(asked: Asked): (ref: number) => boolean {
  if (asked.query === '') return () => true;
  const deals = asked.view.state.table('deal');
  const all = new Uint8Array(deals.rows);
  for (const { among, from } of asked.deals('is:open,won,lost')) all.set(among, from);
  return ref => {
    const number = ref > 0 ? asked.view.kinds.numberIn('deal', ref) : 0;
    const row = number > 0 ? deals.row(number) : -1;
    return row >= 0 && all[row] === 1;
  };
}
