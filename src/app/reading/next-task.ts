/** The next task of each deal: of its visible open tasks, the one due first. */
import type { View } from '../core/view.ts';
import { dayNumber } from '../../domain/dates.ts';
import { compileText } from '../../query/compile.ts';
import { type NextAction, nextAction } from '../../query/derived.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';

/** Asked with the row of a deal. */
export interface NextTasks {
  /** The row of each deal's next task, by the deal's row; -1 for none. */
  readonly tasks: Int32Array;
  /** The day number on which it is due: Infinity without a day, NaN without a task. */
  due(deal: number): number;
  action(deal: number): NextAction;
  isOverdue(deal: number): boolean;
}

/** Whether a deal is open and has no open task, so that it may be forgotten. Looks only at the links of this deal. */
export function lacksNextAction(state: State, deal: number): boolean {
  const isOpen = (kind: 'deal' | 'task', row: number) => state.table(kind).record(row).status === 'open';
  return isOpen('deal', deal) && !state.links('deal', 'task', 'for').some(deal, task => isOpen('task', task));
}

/** Looks at all open tasks once, at the start. */
export function nextTasks(view: View): NextTasks {
  const { state, clock } = view;
  const tasks = state.table('task');
  const deals = state.table('deal');
  const next = new Int32Array(deals.rows).fill(-1);
  const due = (tasks.column('due') as NumberColumn).all();
  // Whole numbers, of which V8 makes no garbage; none has become 0.
  const days = new Int32Array(due);
  const dueOf = (task: number) =>
    days[task] === 0 && Number.isNaN(due[task]!) ? Number.POSITIVE_INFINITY : days[task]!;
  eachOpenTask(view, (task, deal) => {
    const known = next[deal]!;
    if (known < 0 || dueOf(task) < dueOf(known)) next[deal] = task;
  });
  const today = dayNumber(clock.zone.day(clock.now));
  const dayOf = (deal: number) => (next[deal]! < 0 ? Number.NaN : dueOf(next[deal]!));
  return {
    tasks: next,
    due: dayOf,
    action: deal => nextAction(dayOf(deal), today),
    isOverdue: deal => next[deal]! >= 0 && dueOf(next[deal]!) < today,
  };
}

/** Calls `found` with each open task that the viewer sees and is for a deal, and with that deal: both by their rows. */
export function eachOpenTask(view: View, found: (task: number, deal: number) => void): void {
  const { state } = view;
  const deals = state.table('deal');
  const { isGapless, rows } = deals;
  const subjects = (state.table('task').column('for') as NumberColumn).all();
  for (const { among, from } of view.blocks(compileText('is:open', 'task', state.config)))
    for (let i = 0; i < among.length; i++) {
      if (among[i] === 0) continue;
      const number = state.kinds.numberIn('deal', subjects[from + i]!);
      const deal = isGapless && number <= rows ? number - 1 : deals.row(number);
      if (deal >= 0) found(from + i, deal);
    }
}
