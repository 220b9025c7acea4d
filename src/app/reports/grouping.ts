/** What `--per` asks for: into which group each deal falls, what the group is called, and the query that finds it. */
import type { View } from '../core/view.ts';
import { type Config, type Pipeline, pipelineOf, stageOf } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Period } from '../../domain/periods.ts';
import type { Kind } from '../../domain/kinds.ts';
import { suggestion } from '../../domain/nearest.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { fieldsOf, findField, readField } from '../../kinds/fields.ts';
import { seenRow } from '../../query/scope.ts';
import { type Relation, relatedKind } from '../../query/through.ts';
import type {
  CodeColumn,
  CodesColumn,
  NumberColumn,
  NumbersColumn,
  TextColumn,
} from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import { joinedQuery, term } from './query-text.ts';

export interface Group {
  /** As in JSON, by the keys of the columns; null for the deals that are in no group. */
  readonly cells: Readonly<Record<string, string | null>>;
  /** The same for people. */
  readonly labels: Readonly<Record<string, string>>;
  /** The term of a query that finds its deals; null where none can. */
  readonly query: string | null;
}

export interface Grouping {
  /** The keys of its columns, each with null: what a total has there. */
  readonly none: Readonly<Record<string, null>>;
  /** Groups are numbers from 0 on, below this. */
  readonly size: number;
  of(row: number): number;
  /** Instead of `of`, where a deal may be in several groups. */
  readonly several?: (row: number) => readonly number[];
  group(number: number): Group;
  /** All groups by number, in the order in which they are shown, none last. */
  readonly order: readonly number[];
  /** Whether a group is shown though it has no deals. */
  readonly always?: (number: number) => boolean;
}

const groupOf = (key: string, value: string | null, label: string, query: string | null): Group => ({
  cells: { [key]: value },
  labels: { [key]: label },
  query,
});

/** The groups that `--per` names have beside the fields of deals. */
const special: Readonly<Record<string, (view: View) => Grouping>> = { team: byTeam, group: byStageGroup };

/** The grouping that a word names, of the deals in some blocks. USAGE for what deals cannot be grouped by. */
export function groupingBy(view: View, name: string, blocks: Iterable<Block>): Grouping {
  if (Object.hasOwn(special, name)) return special[name]!(view);
  const { config } = view;
  const field = findField(config, 'deal', name);
  if (field) return byField(view, field, field.name, blocks);
  const dot = name.indexOf('.');
  const relation = dot > 0 ? relatedKind('deal', name.slice(0, dot)) : undefined;
  const related = relation && findField(config, relation.kind, name.slice(dot + 1));
  if (related) return byField(view, related, `${name.slice(0, dot)}.${related.name}`, blocks, relation);
  const known = [
    ...Object.keys(special),
    ...fieldsOf(config, 'deal')
      .filter(canGroup)
      .map(f => f.name),
  ];
  throw usage(`--per: unknown group ${JSON.stringify(name)}`, suggestion(name, known, 'groups'));
}

/** Types whose values are words, texts or references; amounts and days have too many. */
const groupTypes: readonly Field['type'][] = [
  'choice',
  'choices',
  'tags',
  'user',
  'text',
  'word',
  'currency',
  'ref',
  'boolean',
];

const canGroup = ({ type, name }: Field): boolean => groupTypes.includes(type) && name !== 'id';

function byField(
  view: View,
  field: Field,
  key: string,
  blocks: Iterable<Block>,
  through?: Relation,
): Grouping {
  if (!canGroup(field))
    throw usage(
      `--per: ${key} is ${field.type === 'day' || field.type === 'instant' ? 'a day' : 'not a field to group by'}`,
      field.type === 'day' || field.type === 'instant'
        ? '--by month, with --on for the field'
        : 'a choice, a user, a text or a reference',
    );
  const kind: Kind = through?.kind ?? 'deal';
  const rowOf = through ? targetRow(view, through) : (row: number) => row;
  const column = view.state.table(kind).column(field.path);
  if (field.refs && column.type !== 'code') return byReference(view, field, key, blocks, rowOf, kind);
  if (column.type === 'code') return byWord(view, field, key, column, rowOf);
  if (column.type === 'codes') return byWords(view, field, key, column, rowOf);
  if (column.type === 'number') return byTruth(key, column, rowOf);
  return byText(view, field, key, blocks, rowOf, kind, column as TextColumn);
}

/** The row that a deal leads to, of those that the viewer sees; else -1. */
function targetRow(view: View, { kind, column: name }: Relation): (row: number) => number {
  const column = view.state.table('deal').column(name) as NumberColumn | NumbersColumn;
  const target = seenRow(view.scope, kind);
  return column.type === 'number'
    ? row => target(view.kinds.numberIn(kind, column.get(row)))
    : row => (column.size(row) > 0 ? target(column.at(row, 0)) : -1);
}

const nobody = (field: Field): string => (field.type === 'user' ? 'nobody' : `no ${field.name}`);

function wordGroups(view: View, field: Field, key: string, words: readonly string[]) {
  const nameOf = naming(view.config, field);
  const places = new Map(orderOf(view.config, field).map((word, i) => [word, i]));
  const rank = (code: number) =>
    code < 0 ? Number.POSITIVE_INFINITY : (places.get(words[code]!) ?? places.size);
  const order = Array.from({ length: words.length + 1 }, (_, group) => group).sort(
    (a, b) => rank(a - 1) - rank(b - 1) || byCodeUnits(words[a - 1] ?? '', words[b - 1] ?? ''),
  );
  const group = (number: number): Group => {
    const word = words[number - 1];
    if (word === undefined) return groupOf(key, null, nobody(field), `no:${key}`);
    return groupOf(key, word, nameOf(word), term(key, word));
  };
  return { order, group };
}

function byWord(
  view: View,
  field: Field,
  key: string,
  column: CodeColumn,
  rowOf: (row: number) => number,
): Grouping {
  const { words } = column;
  return {
    none: { [key]: null },
    size: words.length + 1,
    of: row => {
      const target = rowOf(row);
      return target < 0 ? 0 : column.get(target) + 1;
    },
    ...wordGroups(view, field, key, words),
  };
}

function byWords(
  view: View,
  field: Field,
  key: string,
  column: CodesColumn,
  rowOf: (row: number) => number,
): Grouping {
  const none = [0];
  return {
    none: { [key]: null },
    size: column.words.length + 1,
    of: () => 0,
    several: row => {
      const target = rowOf(row);
      if (target < 0 || column.size(target) === 0) return none;
      return Array.from(column.get(target), code => code + 1);
    },
    ...wordGroups(view, field, key, column.words),
  };
}

function byTruth(key: string, column: NumberColumn, rowOf: (row: number) => number): Grouping {
  const groups: readonly Group[] = [
    groupOf(key, null, `no ${key}`, `no:${key}`),
    groupOf(key, 'no', 'no', `${key}:no`),
    groupOf(key, 'yes', 'yes', `${key}:yes`),
  ];
  return {
    none: { [key]: null },
    size: 3,
    of: row => {
      const target = rowOf(row);
      const value = target < 0 ? Number.NaN : column.get(target);
      return Number.isNaN(value) ? 0 : value + 1;
    },
    group: number => groups[number]!,
    order: [2, 1, 0],
  };
}

/** Texts are one group if they differ in case and accents only, as they do for queries. */
function byText(
  view: View,
  field: Field,
  key: string,
  blocks: Iterable<Block>,
  rowOf: (row: number) => number,
  kind: Kind,
  column: TextColumn,
): Grouping {
  const table = view.state.table(kind);
  const met = new Map<string, { readonly number: number; readonly label: string }>();
  const codes = codesIn(view, blocks, row => {
    const target = rowOf(row);
    const text = target < 0 ? '' : column.get(target);
    if (text === '') return 0;
    let known = met.get(text);
    if (!known) {
      const label = String(readField(field, table.record(target)) ?? text);
      met.set(text, (known = { number: met.size + 1, label }));
    }
    return known.number;
  });
  const all = [...met];
  return {
    none: { [key]: null },
    size: all.length + 1,
    of: row => codes[row]!,
    group: number => {
      if (number === 0) return groupOf(key, null, nobody(field), `no:${key}`);
      const { label } = all[number - 1]![1];
      return groupOf(key, label, label, term(key, label.replaceAll('\n', ' '), ':='));
    },
    order: [...all.entries()]
      .sort(([, [a]], [, [b]]) => byCodeUnits(a, b))
      .map(([i]) => i + 1)
      .concat(0),
  };
}

/** References by id; people see names. One to a record that the viewer may not see is none. */
function byReference(
  view: View,
  field: Field,
  key: string,
  blocks: Iterable<Block>,
  rowOf: (row: number) => number,
  kind: Kind,
): Grouping {
  const to = field.refs![0]!;
  const target = targetRowOf(view, field, kind, to);
  const met = new Map<number, number>();
  const codes = codesIn(view, blocks, row => {
    const from = rowOf(row);
    const found = from < 0 ? -1 : target(from);
    if (found < 0) return 0;
    let known = met.get(found);
    if (known === undefined) met.set(found, (known = met.size + 1));
    return known;
  });
  const table = view.state.table(to);
  const all = [...met.keys()];
  const labelOf = (row: number) => {
    const { name, title } = table.record(row);
    return String(name ?? title ?? table.id(row));
  };
  return {
    none: { [key]: null },
    size: all.length + 1,
    of: row => codes[row]!,
    group: number => {
      if (number === 0) return groupOf(key, null, nobody(field), `no:${key}`);
      const id = view.kinds.makeId(to, table.number(all[number - 1]!));
      return groupOf(key, id, labelOf(all[number - 1]!), `${key}:${id}`);
    },
    order: all
      .map((row, i) => [labelOf(row), i + 1] as const)
      .sort(([a], [b]) => byCodeUnits(a, b))
      .map(([, number]) => number)
      .concat(0),
  };
}

function targetRowOf(view: View, field: Field, kind: Kind, to: Kind): (row: number) => number {
  const column = view.state.table(kind).column(field.path) as NumberColumn | NumbersColumn;
  const target = seenRow(view.scope, to);
  return column.type === 'number'
    ? row => target(view.kinds.numberIn(to, column.get(row)))
    : row => (column.size(row) > 0 ? target(column.at(row, 0)) : -1);
}

function codesIn(view: View, blocks: Iterable<Block>, codeOf: (row: number) => number): Int32Array {
  const codes = new Int32Array(view.state.table('deal').rows);
  for (const { among, from } of blocks)
    for (let i = 0; i < among.length; i++) if (among[i] === 1) codes[from + i] = codeOf(from + i);
  return codes;
}

/** A user in two teams counts in each of them. */
function byTeam(view: View): Grouping {
  const { config } = view;
  const owner = view.state.table('deal').column('owner') as CodeColumn;
  const teams = Object.keys(config.teams);
  const none = [0];
  const teamsOf = owner.words.map(user => {
    const own = teams.flatMap((team, i) => (config.teams[team]!.includes(user) ? [i + 1] : []));
    return own.length > 0 ? own : none;
  });
  const inNone = teams.length > 0 ? `not:owner:${teams.map(team => `team:${team}`).join()}` : '';
  return {
    none: { team: null },
    size: teams.length + 1,
    of: () => 0,
    several: row => teamsOf[owner.get(row)] ?? none,
    group: number => {
      const team = teams[number - 1];
      return team === undefined
        ? groupOf('team', null, 'no team', inNone)
        : groupOf('team', team, team, `owner:team:${team}`);
    },
    order: [...teams.map((_, i) => i + 1), 0],
  };
}

function byStageGroup(view: View): Grouping {
  const { config } = view.state;
  const deals = view.state.table('deal');
  const pipeline = deals.column('pipeline') as CodeColumn;
  const stage = deals.column('stage') as CodeColumn;
  const names = [...new Set(view.config.pipelines.flatMap(p => p.stages.flatMap(s => s.group ?? [])))];
  const known: number[][] = [];
  return {
    none: { group: null },
    size: names.length + 1,
    of: row => {
      const [inPipeline, inStage] = [pipeline.get(row), stage.get(row)];
      const ofStages = (known[inPipeline] ??= []);
      return (ofStages[inStage] ??=
        names.indexOf(
          stageOf(pipelineOf(config, pipeline.words[inPipeline]!), stage.words[inStage]!)?.group ?? '',
        ) + 1);
    },
    group: number => {
      const name = names[number - 1];
      return name === undefined
        ? groupOf('group', null, 'no group', 'no:group')
        : groupOf('group', name, name, `group:${name}`);
    },
    order: [...names.map((_, i) => i + 1), 0],
  };
}

/** The name that people know a word by. */
function naming(config: Config, field: Field): (word: string) => string {
  if (field.type === 'user') return id => (Object.hasOwn(config.users, id) ? config.users[id]!.name : id);
  const names = field.names?.(config) ?? [];
  return word => names.find(each => each.id === word)?.name ?? word;
}

/** The words of a field in the order of the settings. */
function orderOf(config: Config, field: Field): readonly string[] {
  if (field.type === 'user') return Object.keys(config.users);
  return field.options?.(config) ?? [];
}

/**
 * The stages of some pipelines, each pipeline with its own, in order; then stages that were taken out of a pipeline and
 * still have deals. For reports that show stages by themselves.
 */
export function byStage(view: View, pipelines: readonly Pipeline[]): Grouping {
  const deals = view.state.table('deal');
  const pipeline = deals.column('pipeline') as CodeColumn;
  const stage = deals.column('stage') as CodeColumn;
  const places = pipelines.flatMap(of =>
    of.stages.map(({ id, name }) => ({
      pipeline: of.id,
      stage: id,
      names: { pipeline: of.name, stage: name },
    })),
  );
  // Any pair of words may be met: stages that are gone come after those of the settings.
  const former = pipeline.words.length * stage.words.length;
  const known: number[][] = [];
  const numberOf = (inPipeline: number, inStage: number): number => {
    const [of, id] = [pipeline.words[inPipeline]!, stage.words[inStage]!];
    const at = places.findIndex(place => place.pipeline === of && place.stage === id);
    return at >= 0 ? at : places.length + inPipeline * stage.words.length + inStage;
  };
  const size = places.length + former;
  return {
    none: { pipeline: null, stage: null },
    size,
    of: row => {
      const [inPipeline, inStage] = [pipeline.get(row), stage.get(row)];
      return ((known[inPipeline] ??= [])[inStage] ??= numberOf(inPipeline, inStage));
    },
    group: number => {
      const place = places[number];
      const at = number - places.length;
      const of = place?.pipeline ?? pipeline.words[Math.floor(at / stage.words.length)]!;
      const id = place?.stage ?? stage.words[at % stage.words.length]!;
      return {
        cells: { pipeline: of, stage: id },
        labels: place?.names ?? { pipeline: of, stage: id },
        query: `pipeline:${of} stage:${id}`,
      };
    },
    order: Array.from({ length: size }, (_, number) => number),
    always: number => number < places.length,
  };
}

/** Each pair of groups of two groupings, those of the first one outside. */
export function combined(a: Grouping, b: Grouping): Grouping {
  const isSeveral = a.several ?? b.several;
  const all = (of: Grouping, row: number): readonly number[] => of.several?.(row) ?? [of.of(row)];
  const pair = (x: number, y: number) => (x < 0 || y < 0 ? -1 : x * b.size + y);
  return {
    none: { ...a.none, ...b.none },
    size: a.size * b.size,
    of: row => pair(a.of(row), b.of(row)),
    ...(isSeveral && {
      several: (row: number) =>
        all(a, row).flatMap(x => (x < 0 ? [] : all(b, row).flatMap(y => (y < 0 ? [] : pair(x, y))))),
    }),
    group: number => {
      const [x, y] = [a.group(Math.floor(number / b.size)), b.group(number % b.size)];
      return {
        cells: { ...x.cells, ...y.cells },
        labels: { ...x.labels, ...y.labels },
        query: joinedQuery(x.query, y.query),
      };
    },
    order: a.order.flatMap(x => b.order.map(y => pair(x, y))),
  };
}

/** The same grouping whose only column has another key. */
export function renamed(of: Grouping, key: string): Grouping {
  return {
    ...of,
    none: { [key]: null },
    group: number => {
      const { cells, labels, query } = of.group(number);
      return {
        cells: { [key]: Object.values(cells)[0]! },
        labels: { [key]: Object.values(labels)[0]! },
        query,
      };
    },
  };
}

/** Periods as groups, all of which are shown. `indexOf` says in which one a row is, below 0 for none. */
export function byPeriod(
  periods: readonly Period[],
  indexOf: (row: number) => number,
  queryOf: (period: Period) => string,
): Grouping {
  return {
    none: { period: null },
    size: periods.length,
    of: indexOf,
    group: number => ({
      cells: { period: periods[number]!.key },
      labels: {},
      query: queryOf(periods[number]!),
    }),
    order: periods.map((_, i) => i),
    always: () => true,
  };
}
