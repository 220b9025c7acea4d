/** What is next for each deal: of its open tasks that the viewer sees, the one due first. */
import type { CodeColumn, NumberColumn } from '../../domain/columns.ts';
import { dayNumber } from '../../domain/dates.ts';
import { refKind, refNumber } from '../../domain/kinds.ts';
import { type NextAction, nextAction, wordTest } from '../../query/derived.ts';
import type { View } from '../view.ts';

/** Asked with the row of a deal. */
export interface NextTasks {
  /** The row of the task; undefined where nothing is next. */
  task(deal: number): number | undefined;
  /** The day number on which it is due: Infinity where it has no day, NaN where there is no task. */
  due(deal: number): number;
  action(deal: number): NextAction;
}

/** Looks at all tasks once, at the start. */
export function nextTasks(view: View): NextTasks {
  const { state, clock } = view;
  const tasks = state.table('task');
  const deals = state.table('deal');
  const next = new Int32Array(deals.rows).fill(-1);
  const due = tasks.column('due') as NumberColumn;
  const status = tasks.column('status') as CodeColumn;
  const subject = tasks.column('for') as NumberColumn;
  const isOpen = wordTest(status, word => word === 'open');
  const dueOf = (task: number) => (Number.isNaN(due.get(task)) ? Number.POSITIVE_INFINITY : due.get(task));
  for (let task = 0; task < tasks.rows; task++) {
    if (!isOpen(status.get(task)) || !tasks.live(task)) continue;
    const ref = subject.get(task);
    const deal = refKind(ref) === 'deal' ? deals.row(refNumber(ref)) : -1;
    if (deal < 0 || !view.sees('task', task)) continue;
    const known = next[deal]!;
    if (known < 0 || dueOf(task) < dueOf(known)) next[deal] = task;
  }
  const today = dayNumber(clock.zone.day(clock.now));
  const dayOf = (deal: number) => (next[deal]! < 0 ? Number.NaN : dueOf(next[deal]!));
  return {
    task: deal => (next[deal]! < 0 ? undefined : next[deal]),
    due: dayOf,
    action: deal => nextAction(dayOf(deal), today),
  };
}
