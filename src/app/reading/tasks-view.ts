/** The tasks view: open deals grouped by what is next for them, or by stage, the most pressing first. */
import type { CodeColumn, NumberColumn } from '../../domain/columns.ts';
import { dayFromNumber } from '../../domain/dates.ts';
import type { Deal } from '../../domain/records.ts';
import { compileQuery } from '../../query/compile.ts';
import { type NextAction, nextActions } from '../../query/derived.ts';
import { type Node, parseArguments, parseQuery } from '../../query/parse.ts';
import { type NextTasks, nextTasks } from '../records/next-task.ts';
import type { View } from '../view.ts';
import { hasAccess } from '../viewer.ts';
import { firstInOrder } from './first-in-order.ts';

export const groupings = ['next-action', 'stage'] as const;
export type Grouping = (typeof groupings)[number];

export interface TaskGroup {
  /** overdue, today, upcoming, scheduled or none; or the id of a stage. */
  readonly id: string;
  /** The stage's name, with the pipeline's where there are several. */
  readonly name: string;
  /** Of deals. */
  readonly count: number;
  /**
   * The first `most` deals, or all: by the day on which the next task is due, those without a day or a task last; then
   * by value.
   */
  rows(most?: number): readonly number[];
}

/** One deal in the view, as scripts see it. */
export interface TaskLine {
  readonly group: string;
  readonly deal: string;
  readonly title: string;
  /** Money. */
  readonly value: string;
  readonly currency: string;
  readonly task: string | null;
  readonly taskTitle: string | null;
  readonly type: string | null;
  /** YYYY-MM-DD. */
  readonly due: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
}

export interface TasksView {
  /** In order; those without deals too. */
  readonly groups: readonly TaskGroup[];
  readonly next: NextTasks;
  line(group: TaskGroup, row: number): TaskLine;
}

/** The open deals that a query finds (its arguments are ANDed). */
export function tasksView(view: View, query: readonly string[], by: Grouping): TasksView {
  const { state } = view;
  const asked: Node = { type: 'and', nodes: [parseQuery('is:open'), parseArguments(query)] };
  const rows = view.rows(compileQuery(asked, 'deal', state.config));
  const next = nextTasks(view);
  const value = (state.table('deal').column('value') as NumberColumn).all();
  const due = (row: number) => lastIfNone(next.due(row));
  const order = (a: number, b: number) => due(a) - due(b) || value[b]! - value[a]!;
  const groups = by === 'stage' ? byStage(view, rows) : byNextAction(rows, next);
  return {
    groups: groups.map(({ rows, ...group }) => ({
      ...group,
      count: rows.length,
      rows: most => firstInOrder(rows, order, most),
    })),
    next,
    line: lines(view, next),
  };
}

/** No day comes after every day, and no task after that. Finite, so that two of a kind subtract to 0. */
const lastIfNone = (due: number) =>
  Number.isNaN(due) ? Number.MAX_SAFE_INTEGER : Math.min(due, Number.MAX_SAFE_INTEGER - 1);

type Unsorted = Pick<TaskGroup, 'id' | 'name'> & { readonly rows: number[] };

function byNextAction(rows: readonly number[], next: NextTasks): Unsorted[] {
  const found = new Map<NextAction, number[]>(nextActions.map(action => [action, []]));
  for (const row of rows) found.get(next.action(row))!.push(row);
  return [...found].map(([action, rows]) => ({ id: action, name: names[action], rows }));
}

const names: Readonly<Record<NextAction, string>> = {
  overdue: 'Overdue',
  today: 'Today',
  upcoming: 'Upcoming',
  scheduled: 'Scheduled',
  none: 'No next action',
};

function byStage({ state, viewer }: View, rows: readonly number[]): Unsorted[] {
  const deals = state.table('deal');
  const pipelines = deals.column('pipeline') as CodeColumn;
  const stages = deals.column('stage') as CodeColumn;
  const known = state.config.pipelines.filter(pipeline => hasAccess(pipeline, viewer));
  const groups = new Map<string, Unsorted>();
  for (const pipeline of known)
    for (const { id, name } of pipeline.stages)
      groups.set(`${pipeline.id}/${id}`, {
        id,
        name: known.length > 1 ? `${pipeline.name}: ${name}` : name,
        rows: [],
      });
  for (const row of rows) {
    const id = stages.words[stages.get(row)] ?? '';
    const key = `${pipelines.words[pipelines.get(row)]}/${id}`;
    let group = groups.get(key);
    // A stage that somebody took out of the file by hand still has its deals.
    if (!group) groups.set(key, (group = { id, name: key, rows: [] }));
    group.rows.push(row);
  }
  return [...groups.values()];
}

function lines({ state }: View, next: NextTasks): TasksView['line'] {
  const deals = state.table('deal');
  const tasks = state.table('task');
  const owner = deals.column('owner') as CodeColumn;
  const type = tasks.column('type') as CodeColumn;
  const assignee = tasks.column('assignee') as CodeColumn;
  return (group, row) => {
    const { title, value, currency } = deals.record(row) as Deal;
    const task = next.tasks[row]!;
    const due = next.due(row);
    const word = (column: CodeColumn) => (task < 0 ? null : (column.words[column.get(task)] ?? null));
    return {
      group: group.id,
      deal: deals.id(row),
      title,
      value,
      currency,
      task: task < 0 ? null : tasks.id(task),
      taskTitle: task < 0 ? null : (tasks.record(task).title as string),
      type: word(type),
      due: Number.isFinite(due) ? dayFromNumber(due) : null,
      assignee: word(assignee),
      owner: owner.words[owner.get(row)] ?? null,
    };
  };
}
