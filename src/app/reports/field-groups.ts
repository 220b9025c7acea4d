/** Deals by the values of a field, their own or one of a record that they lead to. */
import type { View } from '../core/view.ts';
import { fillCodes, pickCodes } from '../reading/rows.ts';
import type { Config } from '../../domain/config.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { inWords } from '../../domain/in-words.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { readField } from '../../kinds/fields.ts';
import { seenRow } from '../../query/scope.ts';
import type { Relation } from '../../query/through.ts';
import type {
  CodeColumn,
  CodesColumn,
  NumberColumn,
  NumbersColumn,
  TextColumn,
} from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import { type Group, type Grouping, groupOf } from './grouping.ts';
import { term } from './query-text.ts';

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

export const canGroup = ({ type, name }: Field): boolean => groupTypes.includes(type) && name !== 'id';

/** The grouping by a field, of the deals in some blocks. USAGE for amounts, days and other fields of which there are too many values. */
export function byField(
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
        ? '--by month'
        : 'a choice, a user, a text or a reference',
    );
  const kind: Kind = through?.kind ?? 'deal';
  const rowOf = through ? targetRow(view, through) : (row: number) => row;
  const column = view.state.table(kind).column(field.path);
  if (field.refs && column.type !== 'code') return byReference(view, field, key, blocks, rowOf, kind);
  if (column.type === 'code') return byWord(view, field, key, column, rowOf, !through);
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

const nobody = ({ type, name }: Field): string => (type === 'user' ? 'nobody' : `no ${inWords(name)}`);

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
  isOwn: boolean,
): Grouping {
  const { words } = column;
  return {
    none: { [key]: null },
    size: words.length + 1,
    of: row => {
      const target = rowOf(row);
      return target < 0 ? 0 : column.get(target) + 1;
    },
    ...(isOwn && { fill: (keys: Int32Array, rows: Int32Array) => fillCodes(keys, rows, column, 1) }),
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
    fill: (keys, rows) => pickCodes(keys, rows, codes),
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

/** References by id; people see names. A reference to a record that the viewer may not see counts as none. */
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
    fill: (keys, rows) => pickCodes(keys, rows, codes),
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
