/** The tasks view: open deals grouped by what is next for them, or by stage, the most pressing first. */
import { FirstDeals, orderOf, type Sorting } from './first-deals.ts';
import { countGroups, firstOfGroups, LAST } from './groups.ts';
import type { SumsCaches } from './kept-sums.ts';
import { codesOf, keyOf, type Keys, keysOf } from './keys.ts';
import { nameOf } from './said.ts';
import { type NextTasks, nextTasks } from './next-task.ts';
import type { View } from '../core/view.ts';
import { hasAccess } from '../core/viewer.ts';
import { dayFromNumber } from '../../domain/dates.ts';
import type { Kind } from '../../domain/kinds.ts';
import { once } from '../../domain/memo.ts';
import type { Deal, Task } from '../../domain/records.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { compileText } from '../../query/compile.ts';
import { type NextAction, nextAction, nextActions } from '../../query/derived.ts';
import { compileAsked } from '../../query/former.ts';
import { type Node, parseArguments, parseQuery } from '../../query/parse.ts';
import type { CodeColumn, NumberColumn } from '../../state/columns/column.ts';

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
  /** Null of a task that is not about a deal. */
  readonly deal: string | null;
  /** The title of the deal, otherwise the name of the record that the task is for. */
  readonly title: string | null;
  /** Money. */
  readonly value: string | null;
  readonly currency: string | null;
  readonly task: string | null;
  readonly taskTitle: string | null;
  readonly type: string | null;
  /** YYYY-MM-DD. */
  readonly due: string | null;
  readonly assignee: string | null;
  readonly owner: string | null;
  readonly account: string | null;
  readonly contact: string | null;
}

/** Open tasks that are not about an open deal: of contacts, accounts and closed deals, and those for nothing. */
export interface OtherTasks {
  /** Rows of tasks, the one that is due first first, those without a day last. */
  readonly rows: readonly number[];
  line(row: number): TaskLine;
}

/** The group of a task that is not about an open deal. */
export const OTHER = 'other';

export interface TasksView {
  /** In order; those without deals too. */
  readonly groups: readonly TaskGroup[];
  readonly next: NextTasks;
  line(group: TaskGroup, row: number): TaskLine;
}

/**
 * The open deals that a query finds (its arguments are ANDed). By stage, `apart` takes deals with an overdue task, and
 * those without a task, out of their stages into groups of their own. `caches` may have the first deals by next action;
 * no caches are given if the view is not of the present.
 */
export function tasksView(
  view: View,
  query: readonly string[],
  by: Grouping,
  { apart }: { readonly apart: boolean },
  caches?: SumsCaches,
): TasksView {
  const next = once(() => nextTasks(view));
  const found = once(() =>
    groupsFound(
      view,
      query,
      next(),
      by === 'stage' ? byStage(view, apart ? next() : undefined) : byNextAction(next()),
    ),
  );
  const isOfAll = by === 'next-action' && query.length === 0;
  const kept = caches && isOfAll ? new FirstDeals(view, caches, sortedByNextAction, next) : undefined;
  const known = kept?.next ?? next();
  return {
    groups: (kept && groupsKept(kept, found)) ?? found(),
    next: known,
    line: lines(view, known),
  };
}

function groupsFound(
  view: View,
  query: readonly string[],
  next: NextTasks,
  { groups, named }: Grouped,
): readonly TaskGroup[] {
  const asked: Node = { type: 'and', nodes: [parseQuery('is:open'), parseArguments(query)] };
  const found = view.blocks(compileAsked(asked, 'deal', view.scope, view.config));
  const counts = countGroups(found, groups);
  const first = firstOfGroups(found, groups, orderOf(view.state, mostPressing(next)));
  return named(counts).map(({ group, ...known }) => ({
    ...known,
    count: counts[group] ?? 0,
    rows: most => (counts[group] ? first(group, most) : []),
  }));
}

/** Takes groups from the caches; undefined if they have none. `found` is asked for more deals than they have. */
function groupsKept(kept: FirstDeals, found: () => readonly TaskGroup[]): readonly TaskGroup[] | undefined {
  if (kept.count(nextActions[0]) === undefined) return undefined;
  return nextActions.map((id, i) => ({
    id,
    name: names[id],
    count: kept.count(id)!,
    rows: most => kept.rows(id, most) ?? found()[i]!.rows(most),
  }));
}

const mostPressing = (next: NextTasks) => (row: number) => lastIfNone(next.due(row));

/** No day comes after every day, and no task after that. */
const lastIfNone = (due: number) => (Number.isNaN(due) ? LAST : Math.min(due, LAST - 1));

const sortedByNextAction: Sorting = {
  name: 'tasks',
  groupOf: (_, due, today) => nextAction(due, today),
  rank: mostPressing,
  keys: next => ({ keys: byNextAction(next).groups, nameOf: key => nextActions[key]! }),
};

/** How deals are grouped, and the names of the groups, by the number of deals in each. */
interface Grouped {
  readonly groups: Keys;
  named(counts: Int32Array): readonly (Pick<TaskGroup, 'id' | 'name'> & { readonly group: number })[];
}

function byNextAction(next: NextTasks): Grouped {
  const none = nextActions.indexOf('none');
  return {
    groups: {
      size: nextActions.length,
      append: (keys, from) => {
        for (let i = 0; i < keys.length; i++)
          keys[i] = next.task(from + i) < 0 ? none : nextActions.indexOf(next.action(from + i));
      },
    },
    named: () => nextActions.map((action, group) => ({ id: action, name: names[action], group })),
  };
}

const names: Readonly<Record<NextAction, string>> = {
  overdue: 'Overdue',
  today: 'Today',
  upcoming: 'Upcoming',
  scheduled: 'Scheduled',
  none: 'No next action',
};

function byStage({ state, viewer }: View, apart: NextTasks | undefined): Grouped {
  const deals = state.table('deal');
  const pipelines = deals.column('pipeline') as CodeColumn;
  const stages = deals.column('stage') as CodeColumn;
  const known = state.config.pipelines.filter(pipeline => hasAccess(pipeline, viewer));
  const stageKeys = keysOf(pipelines, stages);
  const { size } = stageKeys;
  const extremes = apart && withExtremes(stageKeys, apart);
  return {
    groups: extremes ?? stageKeys,
    named: counts => {
      const listed = known.flatMap(pipeline =>
        pipeline.stages.map(({ id, name }) => ({
          id,
          name: known.length > 1 ? `${pipeline.name}: ${name}` : name,
          group: keyOf([pipelines, stages], [pipeline.id, id]),
        })),
      );
      const isListed = new Set(listed.map(({ group }) => group));
      // A stage that somebody removed from the file by hand still has its deals.
      const others = [...counts.keys()].filter(
        group => group < size && counts[group]! > 0 && !isListed.has(group),
      );
      const unlisted = others.map(group => {
        const [pipeline, stage] = codesOf(group, pipelines, stages) as [number, number];
        const id = stages.words[stage] ?? '';
        return { id, name: `${pipelines.words[pipeline]}/${id}`, group };
      });
      const all = [...listed, ...unlisted.sort((a, b) => byCodeUnits(a.name, b.name))];
      if (!extremes) return all;
      const extreme = (id: 'overdue' | 'none', group: number) => ({ id, name: names[id], group });
      return [extreme('overdue', size), ...all, extreme('none', size + 1)];
    },
  };
}

/** Two keys more: of deals with an overdue task, and of those without a task. */
function withExtremes({ size, append }: Keys, next: NextTasks): Keys {
  return {
    size: size + 2,
    append: (keys, from) => {
      append(keys, from);
      for (let i = 0; i < keys.length; i++)
        if (next.task(from + i) < 0) keys[i] = size + 1;
        else if (next.isOverdue(from + i)) keys[i] = size;
    },
  };
}

/** The open tasks that no open deal's line can show. */
export function otherTasks(view: View): OtherTasks {
  const { state } = view;
  const tasks = state.table('task');
  const deals = state.table('deal');
  const status = deals.column('status') as CodeColumn;
  const open = status.words.indexOf('open');
  const subjects = (tasks.column('for') as NumberColumn).all();
  const due = tasks.column('due') as NumberColumn;
  const isOther = (row: number) => {
    const number = state.kinds.numberIn('deal', subjects[row]!);
    const deal = number > 0 ? deals.row(number) : -1;
    return deal < 0 || status.get(deal) !== open;
  };
  const rows = view.rows(compileText('is:open', 'task', state.config)).filter(isOther);
  return {
    rows: Array.from(rows).sort((a, b) => lastIfNone(due.get(a)) - lastIfNone(due.get(b)) || a - b),
    line: task => {
      const { id, for: subject, title, type, assignee, due: day } = tasks.record(task) as Task;
      const parsed = subject === undefined ? undefined : state.kinds.parseId(subject);
      const about = (kind: Kind) => (parsed?.kind === kind && subject !== undefined ? subject : null);
      const deal = about('deal');
      const row = deal !== null && view.seesId(deal) ? deals.row(parsed!.number) : -1;
      const closed = row < 0 ? undefined : (deals.record(row) as Deal);
      const seen = (id: string | undefined) => (id !== undefined && view.seesId(id) ? id : null);
      return {
        group: OTHER,
        deal,
        title: subject === undefined ? null : nameOf(view, subject),
        value: null,
        currency: null,
        task: id,
        taskTitle: title,
        type,
        due: day ?? null,
        assignee: assignee ?? null,
        owner: null,
        account: about('account') ?? seen(closed?.account),
        contact: about('contact') ?? seen(closed?.contacts?.[0]),
      };
    },
  };
}

function lines(view: View, next: NextTasks): TasksView['line'] {
  const { state } = view;
  const deals = state.table('deal');
  const tasks = state.table('task');
  const owner = deals.column('owner') as CodeColumn;
  const type = tasks.column('type') as CodeColumn;
  const assignee = tasks.column('assignee') as CodeColumn;
  return (group, row) => {
    const { title, value, currency, account, contacts } = deals.record(row) as Deal;
    const seen = (id: string | undefined) => (id !== undefined && view.seesId(id) ? id : null);
    const task = next.task(row);
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
      account: seen(account),
      contact: seen(contacts?.[0]),
    };
  };
}
