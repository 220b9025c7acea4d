/** The board of a pipeline: its deals in columns by stage or by owner, the most urgent first. */
import type { CodeColumn, NumberColumn } from '../../domain/columns.ts';
import type { Config, Pipeline, Stage } from '../../domain/config.ts';
import { stageOf } from '../../domain/config.ts';
import { findField } from '../../domain/fields.ts';
import type { Deal } from '../../domain/records.ts';
import { compileQuery, findDerived } from '../../query/compile.ts';
import { rotting } from '../../query/derived.ts';
import { type Node, parseArguments, parseQuery } from '../../query/parse.ts';
import { type NextTasks, nextTasks } from '../records/next-task.ts';
import type { View } from '../view.ts';
import { firstInOrder } from './first-in-order.ts';
import { type Shown, shown } from './shape.ts';
import { type Total, tallying, totalsOf } from './totals.ts';

export interface BoardOptions {
  readonly pipeline: Pipeline;
  readonly by: 'stage' | 'owner';
  /** The query's arguments, ANDed; none for all open deals. */
  readonly query: readonly string[];
}

export interface BoardColumn {
  /** Of a stage or a user; null for the deals of nobody. */
  readonly id: string | null;
  readonly name: string;
  /** Where the column is a stage that the pipeline has. */
  readonly stage?: Stage;
  /** Of deals. */
  readonly count: number;
  /** The first `most` deals, or all: those with an overdue task first, then by value, whatever its currency. */
  rows(most?: number): readonly number[];
  readonly totals: readonly Total[];
}

export interface Board {
  /** In the pipeline's order, all stages; or all owners who have deals here, in the order of the settings. */
  readonly columns: readonly BoardColumn[];
  readonly totals: readonly Total[];
  card(row: number): Card;
}

export interface Card {
  readonly id: string;
  /** Whether a task of it is overdue. */
  readonly overdue: boolean;
  readonly rotting: boolean;
  readonly fields: readonly CardField[];
}

export type CardField =
  | { readonly type: 'title'; readonly text: string }
  | { readonly type: 'value'; readonly value: string; readonly currency: string }
  /** The next task: its title, null where there is none, and the day number on which it is due, Infinity for none. */
  | { readonly type: 'next'; readonly task: string | null; readonly due: number }
  | { readonly type: 'field'; readonly name: string; readonly text: string };

export function board(view: View, options: BoardOptions): Board {
  const { config } = view.state;
  const rows = view.rows(compileQuery(boardQuery(options, config), 'deal', config));
  const tally = tallying(view);
  const next = nextTasks(view);
  const byUrgency = urgency(view, next);
  const columns = options.by === 'stage' ? byStage(view, options.pipeline, rows) : byOwner(view, rows);
  const tallied = columns.map(({ rows }) => tally(rows));
  return {
    columns: columns.map(({ rows, ...column }, i) => ({
      ...column,
      count: rows.length,
      rows: most => firstInOrder(rows, byUrgency, most),
      totals: totalsOf(tallied[i]!),
    })),
    totals: totalsOf(tallied.flat()),
    card: cards(view, options, next),
  };
}

/** Deals of the pipeline, and only open ones, unless the query asks for others. */
function boardQuery({ pipeline, query }: BoardOptions, config: Config): Node {
  const asked = parseArguments(query);
  const base = parseQuery(`pipeline:${pipeline.id}${asksForStatus(asked, config) ? '' : ' is:open'}`);
  return { type: 'and', nodes: [base, asked] };
}

/** Fields that only deals have that were won or lost. */
const ofClosed = ['status', 'closed', 'closedAt', 'closed-at', 'closedStage', 'closed-stage'];
const ofLost = ['lostReason', 'lost-reason'];

function asksForStatus(node: Node, config: Config, views: readonly string[] = []): boolean {
  switch (node.type) {
    case 'term': {
      const { field, values } = node;
      if (field === 'is') return values.some(value => ['open', 'won', 'lost'].includes(value));
      const names = field === 'has' || field === 'no' ? values : [field];
      return names.some(name => ofClosed.includes(name) || ofLost.includes(name));
    }
    case 'view': {
      const view = config.views.find(v => v.id === node.name);
      // One that is unknown or refers to itself is refused when the query is compiled.
      if (!view || views.includes(node.name)) return false;
      return asksForStatus(parseQuery(view.query), config, [...views, node.name]);
    }
    case 'not':
      return asksForStatus(node.node, config, views);
    default:
      return node.nodes.some(each => asksForStatus(each, config, views));
  }
}

type Unsummed = Pick<BoardColumn, 'id' | 'name' | 'stage'> & { readonly rows: number[] };

function byStage({ state }: View, pipeline: Pipeline, rows: readonly number[]): Unsummed[] {
  const columns: Unsummed[] = pipeline.stages.map(stage => ({
    id: stage.id,
    name: stage.name,
    stage,
    rows: [],
  }));
  const stages = state.table('deal').column('stage') as CodeColumn;
  // A stage that somebody took out of the file by hand still has its deals.
  return distribute(columns, rows, stages, id => ({ id, name: id ?? 'no stage', rows: [] }));
}

function byOwner({ state }: View, rows: readonly number[]): Unsummed[] {
  const { users } = state.config;
  const columns: Unsummed[] = Object.values(users).map(({ id, name }) => ({ id, name, rows: [] }));
  const owners = state.table('deal').column('owner') as CodeColumn;
  return distribute(columns, rows, owners, id => ({ id, name: id ?? 'nobody', rows: [] }))
    .filter(column => column.rows.length > 0)
    .sort((a, b) => Number(a.id === null) - Number(b.id === null));
}

/** Puts each row where its code belongs; what is of no known column gets one at the end. */
function distribute(
  columns: Unsummed[],
  rows: readonly number[],
  column: CodeColumn,
  another: (id: string | null) => Unsummed,
): Unsummed[] {
  const byCode = new Map<number, Unsummed>();
  for (const row of rows) {
    const code = column.get(row);
    let target = byCode.get(code);
    if (!target) {
      const id = column.words[code] ?? null;
      target = columns.find(c => c.id === id);
      if (!target) columns.push((target = another(id)));
      byCode.set(code, target);
    }
    target.rows.push(row);
  }
  return columns;
}

function urgency({ state }: View, next: NextTasks): (a: number, b: number) => number {
  const value = (state.table('deal').column('value') as NumberColumn).all();
  return (a, b) => Number(next.isOverdue(b)) - Number(next.isOverdue(a)) || value[b]! - value[a]!;
}

function cards(view: View, { pipeline, by }: BoardOptions, next: NextTasks): Board['card'] {
  const deals = view.state.table('deal');
  const tasks = view.state.table('task');
  const stages = deals.column('stage') as CodeColumn;
  const isRotting = rotting(view.scope);
  const fields = new Map<number, readonly Shown[]>();
  const fieldsOf = (row: number) => {
    const code = stages.get(row);
    let known = fields.get(code);
    if (!known) {
      const names = stageOf(pipeline, stages.words[code] ?? '')?.card ?? pipeline.card;
      // What the column says already makes room for what it does not.
      const others = by === 'stage' ? names : names.map(name => (name === 'owner' ? 'stage' : name));
      fields.set(code, (known = shown(view, 'deal', 'list', others)));
    }
    return known;
  };
  return row => {
    const deal = deals.record(row) as Deal;
    const present = (field: Shown): CardField => {
      switch (field.name) {
        case 'title':
          return { type: 'title', text: deal.title };
        case 'value':
          return { type: 'value', value: deal.value, currency: deal.currency };
        case 'nextAction': {
          const task = next.tasks[row]!;
          const title = task < 0 ? null : (tasks.record(task).title as string);
          return { type: 'next', task: title, due: next.due(row) };
        }
        default:
          return { type: 'field', name: field.name, text: field.human(row) };
      }
    };
    return {
      id: deal.id,
      overdue: next.isOverdue(row),
      rotting: isRotting(row),
      fields: fieldsOf(row).map(present),
    };
  };
}

/** Whether `card` in a pipeline's file may name the field. */
export const isCardField = (config: Config, name: string): boolean =>
  name === 'group' ||
  findField(config, 'deal', name) !== undefined ||
  findDerived('deal', name, config) !== undefined;
