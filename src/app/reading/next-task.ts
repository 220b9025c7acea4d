/** The next task of each deal: of its visible open tasks, the one due first. */
import type { View } from '../core/view.ts';
import { dayNumber } from '../../domain/dates.ts';
import { compileText } from '../../query/compile.ts';
import { type NextAction, nextAction } from '../../query/derived.ts';
import type { NumberColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';
import { BLOCK } from '../../state/table.ts';

/** Asked with the row of a deal. */
export interface NextTasks {
  /** The row of a deal's next task; -1 for none. */
  task(deal: number): number;
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
  // The row of each deal's next task plus one, 0 for none: memory that stays 0 costs nothing.
  const next = new Int32Array(deals.rows);
  const days = daysOf(tasks.column('due') as NumberColumn, tasks.rows);
  eachOpenTask(view, (task, deal) => {
    const known = next[deal]!;
    if (known === 0 || days[task]! < days[known - 1]!) next[deal] = task + 1;
  });
  const today = dayNumber(clock.zone.day(clock.now));
  const dueOf = (task: number) => (days[task] === NO_DAY ? Number.POSITIVE_INFINITY : days[task]!);
  const dayOf = (deal: number) => (next[deal] === 0 ? Number.NaN : dueOf(next[deal]! - 1));
  return {
    task: deal => next[deal]! - 1,
    due: dayOf,
    action: deal => nextAction(dayOf(deal), today),
    isOverdue: deal => next[deal] !== 0 && days[next[deal]! - 1]! < today,
  };
}

/** After every day, for a task without one. */
const NO_DAY = 2 ** 31 - 1;

/** Returns a column of days as whole numbers, of which V8 makes no garbage, with `NO_DAY` for none. */
function daysOf(due: NumberColumn, rows: number): Int32Array {
  const days = new Int32Array(rows);
  for (let from = 0; from < rows; from += BLOCK)
    copyDays(due.part(from, Math.min(BLOCK, rows - from)), days, from);
  return days;
}

function copyDays(part: Float64Array, days: Int32Array, from: number): void {
  for (let i = 0; i < part.length; i++) days[from + i] = Number.isNaN(part[i]!) ? NO_DAY : part[i]!;
}

/** Calls `found` with each open task that the viewer sees and is for a deal, and with that deal: both by their rows. */
export function eachOpenTask(view: View, found: (task: number, deal: number) => void): void {
  const { state } = view;
  const deals = state.table('deal');
  const { isGapless, rows } = deals;
  const subjects = state.table('task').column('for') as NumberColumn;
  for (const { among, from } of view.blocks(compileText('is:open', 'task', state.config))) {
    const refs = subjects.part(from, among.length);
    for (let i = 0; i < among.length; i++) {
      if (among[i] === 0) continue;
      const number = state.kinds.numberIn('deal', refs[i]!);
      const deal = isGapless && number <= rows ? number - 1 : deals.row(number);
      if (deal >= 0) found(from + i, deal);
    }
  }
}
