/** The work of people: activities and tasks, by user. */
import { keysOfRows, type RowKeys, rowsOf } from '../reading/rows.ts';
import type { Days } from '../../domain/periods.ts';
import { compileText } from '../../query/compile.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';
import { BLOCK } from '../../state/table.ts';
import type { Asked } from './asked.ts';
import { keysByInstant } from './period-keys.ts';

/** A kind of work, by the name of its figure. */
export const workKinds = ['calls', 'emails', 'meetings', 'notes', 'tasksDone', 'tasksAdded'] as const;
export type WorkKind = (typeof workKinds)[number];

const activityNames: Readonly<Record<string, WorkKind>> = {
  call: 'calls',
  email: 'emails',
  meeting: 'meetings',
  note: 'notes',
};

/** Takes one piece of work of a user (null for nobody) in a period. `about` is the reference to the record that it is about. */
export type Counter = (period: number, user: string | null, kind: WorkKind, about: number) => void;

/**
 * Calls `count` for each activity, and for each task that was done or added, in the period in which it was. Where some deals
 * are singled out, only for what is about one of them.
 */
export function countWork(asked: Asked, periods: readonly Days[], count: Counter): void {
  const { state, clock } = asked.view;
  const isAsked = aboutAsked(asked);
  const activities = state.table('activity');
  const at = keysByInstant(periods, activities.column('at') as NumberColumn, clock);
  const type = activities.column('type') as CodeColumn;
  const by = activities.column('by') as CodeColumn;
  const kinds = type.words.map(word => activityNames[word]);
  eachIn(asked, 'activity', at, isAsked, (row, period, about) => {
    const kind = kinds[type.get(row)];
    if (kind) count(period, by.words[by.get(row)] ?? null, kind, about);
  });
  const tasks = state.table('task');
  const assignee = tasks.column('assignee') as CodeColumn;
  for (const [field, kind] of [
    ['doneAt', 'tasksDone'],
    ['createdAt', 'tasksAdded'],
  ] as const) {
    const times = keysByInstant(periods, tasks.column(field) as NumberColumn, clock);
    eachIn(asked, 'task', times, isAsked, (row, period, about) =>
      count(period, assignee.words[assignee.get(row)] ?? null, kind, about),
    );
  }
}

/** Calls `each` with what is in a period and about deals that are asked for. */
function eachIn(
  { view }: Asked,
  kind: 'activity' | 'task',
  periods: RowKeys,
  isAsked: ((ref: number) => boolean) | undefined,
  each: (row: number, period: number, about: number) => void,
): void {
  const table = view.state.table(kind);
  if (table.rows === 0) return;
  const about = (table.column('for') as NumberColumn).all();
  const room = new Int32Array(BLOCK);
  for (const rows of rowsOf(view.blocks(compileText('()', kind, view.config)))) {
    const its = keysOfRows(periods, room, rows);
    for (let i = 0; i < rows.length; i++)
      if (its[i]! >= 0 && (!isAsked || isAsked(about[rows[i]!]!))) each(rows[i]!, its[i]!, about[rows[i]!]!);
  }
}

/** Calls `found` with the assignee of each open task that is overdue. */
export function overdueTasks(asked: Asked, found: (user: string | null) => void): void {
  const { view } = asked;
  const tasks = view.state.table('task');
  if (tasks.rows === 0) return;
  const assignee = tasks.column('assignee') as CodeColumn;
  const about = (tasks.column('for') as NumberColumn).all();
  const isAsked = aboutAsked(asked);
  for (const rows of rowsOf(
    view.blocks(compileText(`is:open due.before:${asked.today}`, 'task', view.config)),
  ))
    for (const row of rows)
      if (!isAsked || isAsked(about[row]!)) found(assignee.words[assignee.get(row)] ?? null);
}

/** Whether a reference leads to a deal that is asked for; undefined where none are singled out. */
function aboutAsked(asked: Asked): ((ref: number) => boolean) | undefined {
  if (asked.query === '') return undefined;
  const deals = asked.view.state.table('deal');
  const all = new Uint8Array(deals.rows);
  for (const { among, from } of asked.deals('is:open,won,lost')) all.set(among, from);
  return ref => {
    const number = ref > 0 ? asked.view.kinds.numberIn('deal', ref) : 0;
    const row = number > 0 ? deals.row(number) : -1;
    return row >= 0 && all[row] === 1;
  };
}
