/** Sums of open tasks, and how changed records change them. */
import { readDay } from '../../domain/dates.ts';
import type { Rec } from '../../domain/records.ts';
import { compileText } from '../../query/compile.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import type { State } from '../../state/state.ts';
import type { View } from '../core/view.ts';
import type { Changed } from './changed-since.ts';
import { dealsOfOpenTasks } from './next-task.ts';

/** The number of open tasks by the number of their due day; null for those without one. */
export type DueDays = ReadonlyMap<number | null, number>;

/** Counts the open tasks that the viewer sees, by due day. */
export function dueDays(view: View): DueDays {
  const due = view.state.table('task').column('due') as NumberColumn;
  const counts = new Map<number, number>();
  for (const { among, from } of view.blocks(compileText('is:open', 'task', view.state.config))) {
    const days = due.part(from, among.length);
    for (let i = 0; i < among.length; i++)
      if (among[i] === 1) counts.set(days[i]!, (counts.get(days[i]!) ?? 0) + 1);
  }
  return new Map([...counts].map(([day, count]) => [Number.isNaN(day) ? null : day, count]));
}

/** Counts the open tasks on the due days for which `holds` is true. */
export function countDue(due: DueDays, holds: (day: number) => boolean): number {
  let count = 0;
  for (const [day, tasks] of due) if (day !== null && holds(day)) count += tasks;
  return count;
}

/** Returns the counts after tasks have changed. */
export function withTasks(due: DueDays, tasks: ReadonlyMap<string, Changed>): DueDays {
  const counts = new Map(due);
  const count = (task: Rec | undefined, by: 1 | -1) => {
    if (!isOpen(task)) return;
    const day = typeof task.due === 'string' ? (readDay(task.due) ?? null) : null;
    counts.set(day, (counts.get(day) ?? 0) + by);
  };
  for (const { before, after } of tasks.values()) {
    count(before, -1);
    count(after, 1);
  }
  return counts;
}

const isOpen = (record: Rec | undefined): record is Rec => record?.status === 'open';

/** The number of tasks from which reading the status of all deals costs less than that of each task's deal. */
const MANY_TASKS = 2000;

/** Counts the open deals that the viewer sees and that have an open task which the viewer sees. */
export function plannedDeals(view: View): number {
  const { state } = view;
  const statuses = state.table('deal').column('status') as CodeColumn;
  const open = statuses.words.indexOf('open');
  const sees = view.scope.sees?.('deal');
  const isMet = new Uint8Array(state.table('deal').rows);
  // Many tasks ask for many deals, in no order.
  const codes = state.table('task').rows > MANY_TASKS ? statuses.all() : undefined;
  const codeOf = (deal: number) => (codes ? codes[deal]! : statuses.get(deal));
  let planned = 0;
  for (const { deals } of dealsOfOpenTasks(view))
    for (let i = 0; i < deals.length; i++) {
      const deal = deals[i]!;
      if (deal < 0 || isMet[deal] === 1) continue;
      isMet[deal] = 1;
      if (codeOf(deal) === open && (sees === undefined || sees(deal))) planned++;
    }
  return planned;
}

/** Returns by how much changed records change the number of planned deals, by looking at the tasks of each deal concerned. */
export function changeOfPlanned(
  state: State,
  deals: ReadonlyMap<string, Changed>,
  tasks: ReadonlyMap<string, Changed>,
): number {
  /** How many more open tasks each deal has than before. */
  const more = new Map<string, number>();
  for (const { before, after } of tasks.values())
    for (const [task, by] of [[before, -1] as const, [after, 1] as const])
      if (isOpen(task) && typeof task.for === 'string') more.set(task.for, (more.get(task.for) ?? 0) + by);
  const isConcerned = ([, { before, after }]: readonly [string, Changed]) => isOpen(before) !== isOpen(after);
  const concerned = new Set([...more.keys(), ...[...deals].filter(isConcerned).map(([id]) => id)]);
  let change = 0;
  for (const id of concerned) {
    const number = state.kinds.numberIn('deal', state.kinds.refOf(id));
    if (number === 0) continue;
    const { before, after } = deals.get(id) ?? { before: state.get(id), after: state.get(id) };
    const now = openTasksOf(state, number);
    if (isOpen(after) && now > 0) change++;
    if (isOpen(before) && now - (more.get(id) ?? 0) > 0) change--;
  }
  return change;
}

function openTasksOf(state: State, deal: number): number {
  const tasks = state.table('task');
  const statuses = tasks.column('status') as CodeColumn;
  const open = statuses.words.indexOf('open');
  let count = 0;
  (tasks.column('for') as NumberColumn).equal(state.kinds.refTo('deal', deal), row => {
    if (tasks.live(row) && statuses.get(row) === open) count++;
  });
  return count;
}
