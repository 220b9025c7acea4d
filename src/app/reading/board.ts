/** The board of a pipeline: its deals in columns by stage or by owner, the most urgent first. */
import { asksFor } from './asks-for.ts';
import { FirstDeals, orderOf, type Sorting } from './first-deals.ts';
import { countGroups, firstOfGroups } from './groups.ts';
import { codesOf, keyOf, keysOf } from './keys.ts';
import { type Shown, shown } from './shape.ts';
import { ownAmounts } from './amounts.ts';
import { chancesIn } from './chances.ts';
import type { SumsCaches } from './kept-sums.ts';
import { stageSumsOf } from './stage-sums.ts';
import { byCodeOf, Tallies, type Tally } from './tally.ts';
import { countOf, type Total, totalsIn, totalsOf } from './totals.ts';
import { type NextTasks, nextTasks } from './next-task.ts';
import type { View } from '../core/view.ts';
import { type Config, defaultCard, type Pipeline, type Stage, stageOf } from '../../domain/config.ts';
import { once } from '../../domain/memo.ts';
import type { Deal } from '../../domain/records.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import { rotting } from '../../query/rotting.ts';
import { compileAsked } from '../../query/former.ts';
import { type Node, parseArguments, parseQuery } from '../../query/parse.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';

export interface BoardOptions {
  readonly pipeline: Pipeline;
  readonly by: 'stage' | 'owner';
  /** The query's arguments, ANDed; none for all open deals. */
  readonly query: readonly string[];
  /** Whether to include deals that were won or lost even if the query does not ask for them. */
  readonly closed: boolean;
}

export interface BoardColumn {
  /** The id of a stage or a user; null for unowned deals. */
  readonly id: string | null;
  readonly name: string;
  /** Set if the column is a stage of the pipeline. */
  readonly stage?: Stage;
  /** Of deals. */
  readonly count: number;
  /** The number of deals that are left out because they were won or lost; counted if the column shows no deal. */
  readonly hidden?: Closed;
  /** The first `most` deals, or all: those with an overdue task first, then by value, whatever its currency. */
  rows(most?: number): readonly number[];
  readonly totals: readonly Total[];
}

/** The numbers of won and lost deals. */
export interface Closed {
  readonly won: number;
  readonly lost: number;
}

export interface Board {
  /** All stages, in the pipeline's order; or all owners with deals here, in the order of the settings. */
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
  /** How a deal that is not open ended. */
  | { readonly type: 'closed'; readonly status: 'won' | 'lost' }
  /** The next task: its title, null if there is none, and the day number on which it is due, Infinity for none. */
  | { readonly type: 'next'; readonly task: string | null; readonly due: number }
  | { readonly type: 'field'; readonly name: string; readonly text: string };

/** Returns a board. `caches` may have the sums of its columns; they are left out if the view is not of the present. */
export function board(view: View, options: BoardOptions, caches?: SumsCaches): Board {
  const { state } = view;
  const { pipeline, by } = options;
  // Kept answers are about all deals.
  const given = by === 'stage' && options.query.length === 0 ? caches : undefined;
  const found = once(() =>
    view.blocks(compileAsked(boardQuery(options, view.config), 'deal', view.scope, view.config)),
  );
  const column = once(() => state.table('deal').column(by) as CodeColumn);
  const sums = (given && sumsOfAll(view, options, given)) ?? summed(view, options, found(), column());
  const next = once(() => nextTasks(view));
  const kept = given && !options.closed ? new FirstDeals(view, given, byPlace(view), next) : undefined;
  const first = once(() => firstOfGroups(found(), keysOf(column()), orderOf(state, overdueFirst(next()))));
  const met = sums.ids.filter(id => sums.count(id) > 0);
  const columns = by === 'stage' ? byStage(pipeline, met) : byOwner(state.config, met);
  return {
    columns: columns.map(each => {
      const { id } = each;
      const count = sums.count(id);
      const hidden = count === 0 && id !== null ? sums.hidden(id) : undefined;
      return {
        ...each,
        ...(hidden && { hidden }),
        count,
        rows: most =>
          count === 0
            ? []
            : (kept?.rows(placeName(pipeline.id, id), most) ?? first()(groupOf(column(), id), most)),
        totals: sums.totals(id),
      };
    }),
    totals: sums.totals(),
    card: cards(view, options, kept?.next ?? next()),
  };
}

const overdueFirst = (next: NextTasks) => (row: number) => (next.isOverdue(row) ? 0 : 1);

const placeName = (pipeline: string | null, stage: string | null) => JSON.stringify([pipeline, stage]);

/** Groups the deals of all pipelines by pipeline and stage. */
const byPlace = ({ state }: View): Sorting => ({
  name: 'board',
  groupOf: ({ pipeline, stage }) => placeName(pipeline ?? null, stage ?? null),
  rank: overdueFirst,
  keys: () => {
    const columns = ['pipeline', 'stage'].map(path => state.table('deal').column(path) as CodeColumn);
    return {
      keys: keysOf(...columns),
      nameOf: key => {
        const [pipeline, stage] = codesOf(key, ...columns).map((code, i) => columns[i]!.words[code] ?? null);
        return placeName(pipeline!, stage!);
      },
    };
  },
});

/** Returns the key that `keysOf` a column gives to a word, or to rows without one; 0 for a word that no row has. */
const groupOf = ({ words }: CodeColumn, word: string | null): number =>
  word === null ? 0 : words.indexOf(word) + 1;

/** The sums of a board, by the ids of its columns. */
interface Sums {
  /** The ids of all columns that have deals, perhaps with others. */
  readonly ids: readonly (string | null)[];
  count(id: string | null): number;
  /** Returns the totals of a column; those of the board without an id. */
  totals(id?: string | null): Total[];
  /** Returns the deals that are left out of a stage because they were won or lost. */
  hidden(stage: string): Closed | undefined;
}

/** Adds up the deals of a board. */
function summed(view: View, options: BoardOptions, found: Iterable<Block>, by: CodeColumn): Sums {
  const tallies = new Tallies(found, byCodeOf(by), ownAmounts(view.state, chancesIn(view.state)));
  const isKnown = (id: string | null) => id === null || groupOf(by, id) > 0;
  return {
    ids: [null, ...by.words],
    count: id => (isKnown(id) ? countOf(tallies, groupOf(by, id)) : 0),
    totals: id =>
      id === undefined ? totalsOf(tallies) : isKnown(id) ? totalsOf(tallies, groupOf(by, id)) : [],
    hidden: hiddenOf(view, options),
  };
}

/** Takes the sums of a board from those of all deals; undefined if none are kept. */
function sumsOfAll(
  view: View,
  { pipeline, closed }: Pick<BoardOptions, 'pipeline' | 'closed'>,
  caches: SumsCaches,
): Sums | undefined {
  const kept = stageSumsOf(view, caches);
  if (!kept) return undefined;
  const of = (holds: (stage: string | null, status: string | null) => boolean) =>
    kept.of(place => place.pipeline === pipeline.id && holds(place.stage, place.status));
  const shown = (id?: string | null) =>
    of((stage, status) => (closed || status === 'open') && (id === undefined || stage === id));
  const count = (sums: ReadonlyMap<string, Tally>) =>
    [...sums.values()].reduce((sum, { deals }) => sum + deals, 0);
  return {
    ids: kept.stagesOf(pipeline.id),
    count: id => count(shown(id)),
    totals: id => totalsIn(shown(id)),
    hidden: id => {
      if (closed) return undefined;
      const ended = (how: keyof Closed) => count(of((stage, status) => stage === id && status === how));
      const [won, lost] = [ended('won'), ended('lost')];
      return won + lost > 0 ? { won, lost } : undefined;
    },
  };
}

/** Counts the closed deals of a stage without shown deals; the first question counts those of all stages. */
function hiddenOf(view: View, options: BoardOptions): (stage: string) => Closed | undefined {
  const asked = parseArguments(options.query);
  if (options.by !== 'stage' || options.closed || asksForStatus(asked, view.config)) return () => undefined;
  const deals = view.state.table('deal');
  const columns = ['stage', 'status'].map(path => deals.column(path) as CodeColumn);
  const count = () => {
    const base = parseQuery(`pipeline:${options.pipeline.id} not is:open`);
    const query = compileAsked({ type: 'and', nodes: [base, asked] }, 'deal', view.scope, view.config);
    return countGroups(view.blocks(query), keysOf(...columns));
  };
  let counts: Int32Array | undefined;
  return stage => {
    const known = (counts ??= count());
    const countOf = (status: keyof Closed) => known[keyOf(columns, [stage, status])] ?? 0;
    const [won, lost] = [countOf('won'), countOf('lost')];
    return won + lost > 0 ? { won, lost } : undefined;
  };
}

/** Deals of the pipeline, and only open ones, unless the query asks for others. */
function boardQuery({ pipeline, query, closed }: BoardOptions, config: Config): Node {
  const asked = parseArguments(query);
  const base = parseQuery(
    `pipeline:${pipeline.id}${closed || asksForStatus(asked, config) ? '' : ' is:open'}`,
  );
  return { type: 'and', nodes: [base, asked] };
}

/** Fields that only deals have that were won or lost. */
const ofClosed = ['status', 'closed', 'closedAt', 'closed-at', 'closedStage', 'closed-stage'];
const ofLost = ['lostReason', 'lost-reason'];

const asksForStatus = (node: Node, config: Config): boolean =>
  asksFor(node, config, { fields: [...ofClosed, ...ofLost], is: ['open', 'won', 'lost'] });

type Named = Pick<BoardColumn, 'id' | 'name' | 'stage'>;

/** `met` are the stages that deals are in. A stage that somebody removed from the file by hand still has its deals. */
function byStage({ stages }: Pipeline, met: readonly (string | null)[]): Named[] {
  const known = stages.map(stage => ({ id: stage.id, name: stage.name, stage }));
  return [...known, ...others(met, stages).map(id => ({ id, name: id ?? 'no stage' }))];
}

/** `met` are the owners that deals have. */
function byOwner({ users }: Config, met: readonly (string | null)[]): Named[] {
  const known = Object.values(users).filter(({ id }) => met.includes(id));
  return [
    ...known.map(({ id, name }) => ({ id, name })),
    ...others(met, known).map(id => ({ id, name: id ?? 'nobody' })),
  ];
}

/** Returns the unknown values that deals have, no value last. */
function others(met: readonly (string | null)[], known: readonly { id: string }[]): (string | null)[] {
  return met
    .filter(id => !known.some(each => each.id === id))
    .sort((a, b) => Number(a === null) - Number(b === null) || byCodeUnits(a ?? '', b ?? ''));
}

/** The pipeline's own card, else the usual one with the customer after the title. */
function cardOf({ card }: Pipeline): readonly string[] {
  const isUsual = card.length === defaultCard.length && card.every((name, i) => name === defaultCard[i]);
  return isUsual ? [...card.slice(0, 1), 'customer', ...card.slice(1)] : card;
}

function cards(view: View, { pipeline, by }: BoardOptions, next: NextTasks): Board['card'] {
  const deals = view.state.table('deal');
  const tasks = view.state.table('task');
  const isRotting = rotting(view.scope);
  const fields = new Map<string, readonly Shown[]>();
  const fieldsOf = ({ stage = '' }: Partial<Deal>) => {
    let known = fields.get(stage);
    if (!known) {
      const names = stageOf(pipeline, stage)?.card ?? cardOf(pipeline);
      // Facts that the column already shows make room for others.
      const others = by === 'stage' ? names : names.map(name => (name === 'owner' ? 'stage' : name));
      fields.set(stage, (known = shown(view, 'deal', 'list', others)));
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
          const task = next.task(row);
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
      fields: withStatus(deal, fieldsOf(deal).map(present)),
    };
  };
}

/** A closed deal shows its status after its title, and no next action. */
function withStatus({ status }: Deal, fields: readonly CardField[]): readonly CardField[] {
  if (status === 'open') return fields;
  const said = fields.filter(({ type }) => type !== 'next');
  const after = said.findIndex(({ type }) => type === 'title') + 1;
  return [...said.slice(0, after), { type: 'closed', status }, ...said.slice(after)];
}
