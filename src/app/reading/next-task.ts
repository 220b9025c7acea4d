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
  const number = tasks.isInOrder ? undefined : (row: number) => tasks.number(row);
  for (const { deals: ofTasks, from } of dealsOfOpenTasks(view))
    keepEarliest(next, days, ofTasks, from, number);
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

/** Of two tasks that are due on the same day, the one with the lower number is next; without `number`, rows are in that order. */
function keepEarliest(
  next: Int32Array,
  days: Int32Array,
  deals: Int32Array,
  from: number,
  number: ((task: number) => number) | undefined,
): void {
  for (let i = 0; i < deals.length; i++) {
    const deal = deals[i]!;
    if (deal < 0) continue;
    const row = from + i;
    const known = next[deal]! - 1;
    if (known < 0 || days[row]! < days[known]!) next[deal] = row + 1;
    else if (number && days[row] === days[known] && number(row) < number(known)) next[deal] = row + 1;
  }
}

/** Consecutive tasks from a row on. */
interface TaskBlock {
  readonly from: number;
  /** The row of each task's deal; -1 if the task is not open or has no deal. The next block is written over it. */
  readonly deals: Int32Array;
}

/** Yields the deals of the open tasks that the viewer sees, block by block. */
export function* dealsOfOpenTasks(view: View): Generator<TaskBlock> {
  const { state } = view;
  const { kinds } = state;
  const table = state.table('deal');
  const subjects = state.table('task').column('for') as NumberColumn;
  const room = new Int32Array(BLOCK);
  const base = kinds.refTo('deal', 0);
  // Without gaps, the row of a deal follows from its number.
  const rows = table.isGapless ? table.rows : 0;
  const rowOf = (ref: number) => table.row(kinds.numberIn('deal', ref));
  for (const { among, from } of view.blocks(compileText('is:open', 'task', state.config))) {
    const deals = room.subarray(0, among.length);
    fillDeals(deals, among, subjects.part(from, among.length), base, rows, rowOf);
    yield { from, deals };
  }
}

function fillDeals(
  deals: Int32Array,
  among: Uint8Array,
  refs: Float64Array,
  base: number,
  rows: number,
  rowOf: (ref: number) => number,
): void {
  for (let i = 0; i < deals.length; i++) {
    if (among[i] === 0) deals[i] = -1;
    else {
      const number = refs[i]! - base;
      deals[i] = number > 0 && number <= rows ? number - 1 : rowOf(refs[i]!);
    }
  }
}
