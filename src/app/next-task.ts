/** What is next for each deal: of its open tasks that the viewer sees, the one due first. */
import type { CodeColumn, NumberColumn } from '../domain/columns.ts';
import { dayNumber } from '../domain/dates.ts';
import { type NextAction, nextAction, wordTest } from '../query/derived.ts';
import type { View } from './view.ts';

export interface NextTask {
  /** The row among tasks; undefined where nothing is next. */
  readonly row: number | undefined;
  /** The day number; Infinity for a task without a day, NaN where there is no task. */
  readonly due: number;
  readonly action: NextAction;
}

/** Finds the next task of a deal's row. All tasks are looked at once, at the start. */
export function nextTasks(view: View): (deal: number) => NextTask {
  const { state, clock } = view;
  const tasks = state.table('task');
  const next = new Int32Array(state.table('deal').rows).fill(-1);
  const due = tasks.column('due') as NumberColumn;
  const dueOf = (task: number) => (Number.isNaN(due.get(task)) ? Number.POSITIVE_INFINITY : due.get(task));
  const status = tasks.column('status') as CodeColumn;
  const subject = tasks.column('for') as NumberColumn;
  const isOpen = wordTest(status, word => word === 'open');
  for (let task = 0; task < tasks.rows; task++) {
    if (!isOpen(status.get(task)) || !tasks.live(task)) continue;
    const deal = state.rowOfRef('deal', subject.get(task));
    if (deal < 0 || !view.sees('task', task)) continue;
    const known = next[deal]!;
    if (known < 0 || dueOf(task) < dueOf(known)) next[deal] = task;
  }
  const today = dayNumber(clock.zone.day(clock.now));
  return deal => {
    const row = next[deal]!;
    if (row < 0) return { row: undefined, due: Number.NaN, action: 'none' };
    return { row, due: dueOf(row), action: nextAction(dueOf(row), today) };
  };
}
