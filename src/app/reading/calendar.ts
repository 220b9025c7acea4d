/** Tasks, and the days on which deals should close, as the entries of a calendar. */
import type { Entry } from '../../channels/calendar-write.ts';
import { amount } from '../../domain/money.ts';
import { type Deal, isEmpty, type Rec, type Task } from '../../domain/records.ts';
import { uidOf } from '../core/origin.ts';
import type { View } from '../core/view.ts';
import { nameOf } from './said.ts';

/** Returns the entries of tasks, which the viewer may see; `workspace` is its id. */
export function* tasksAsEntries(
  view: View,
  rows: Iterable<number>,
  workspace: string,
  { undated }: { readonly undated: boolean },
): Generator<Entry> {
  const table = view.state.table('task');
  for (const row of rows) {
    const task = table.record(row) as Task;
    if (task.due === undefined && !undated) continue;
    yield {
      ...written(task, uidOf(workspace, task.id)),
      title: task.title,
      notes: notesOf(view, task),
      categories: [task.type],
      at: momentOf(view, task),
      done: task.status === 'done' ? (task.doneAt ?? task.updatedAt ?? task.createdAt) : undefined,
    };
  }
}

/** Returns an entry for each deal on the day on which it should close. */
export function* closesAsEntries(view: View, rows: Iterable<number>, workspace: string): Generator<Entry> {
  const table = view.state.table('deal');
  for (const row of rows) {
    const deal = table.record(row) as Deal;
    if (isEmpty(deal.expectedClose)) continue;
    const value = isEmpty(deal.value) ? '' : ` (${amount(String(deal.value), deal.currency)})`;
    yield {
      ...written(deal, `${uidOf(workspace, deal.id)}-close`),
      title: `Close: ${deal.title}${value}`,
      notes: deal.id,
      categories: ['close'],
      at: String(deal.expectedClose),
      done: undefined,
    };
  }
}

const written = ({ createdAt, updatedAt }: Rec, uid: string) => {
  const created = createdAt ?? updatedAt ?? new Date(0).toISOString();
  return { uid, created, changed: updatedAt ?? created };
};

/** The day on which a task is due, or the instant if it is due at a time of that day. */
function momentOf({ clock }: View, { due, dueTime }: Task): string | undefined {
  if (due === undefined || dueTime === undefined) return due;
  return new Date(clock.zone.at(due, dueTime)).toISOString();
}

/** What the task is for, in words and as an id to type. */
function notesOf(view: View, { id, for: subject, outcome }: Task): string {
  const about = subject === undefined ? undefined : nameOf(view, subject);
  const lines = [
    about === undefined ? id : `${id}, for ${about === subject ? subject : `${about} (${subject})`}`,
    outcome,
  ];
  return lines.filter(line => line !== undefined).join('\n');
}
