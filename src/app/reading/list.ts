/** Lists: which rows, in which order, how many. */

import { definitionOf } from '../../kinds/define.ts';
import { shown } from './shape.ts';
import type { View } from '../core/view.ts';
import { compareDecimals } from '../../domain/decimal.ts';
import { usage } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { valueAt } from '../../domain/records.ts';
import { byCodeUnits } from '../../kinds/field-types.ts';
import type { Field } from '../../kinds/field.ts';
import { findField } from '../../kinds/fields.ts';
import { findDerived } from '../../query/names.ts';
import { compileAsked } from '../../query/former.ts';
import { MANY_DIGITS } from '../../query/money-terms.ts';
import { type Node, parseArguments, parseQuery } from '../../query/parse.ts';
import { weightedOf } from '../../query/probability.ts';
import type { CodeColumn, Column } from '../../state/columns/column.ts';

export interface ListOptions {
  /** The query's arguments, ANDed; none for all. */
  readonly query: readonly string[];
  /** Queries of records to leave out, and of records to list exclusively, whatever `or` the arguments have. */
  readonly without?: string | undefined;
  readonly only?: string | undefined;
  /** Fields, with commas between them and `-` before one for the other way round; the first decides first. */
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
  /** How many of the first are left out. */
  readonly offset?: number | undefined;
}

/** The rows that a list has, in order. */
export function list(
  view: View,
  kind: Kind,
  { query, without, only, sort, limit, offset = 0 }: ListOptions,
): number[] {
  const nodes: Node[] = [parseArguments(query)];
  if (without !== undefined) nodes.push({ type: 'not', node: parseQuery(without) });
  if (only !== undefined) nodes.push(parseQuery(only));
  const asked: Node = nodes.length === 1 ? nodes[0]! : { type: 'and', nodes };
  const compiled = compileAsked(asked, kind, view.scope, view.config);
  const end = limit === undefined ? undefined : offset + limit;
  if (sort === undefined) return Array.from(view.rows(compiled, end)).slice(offset);
  return sorted(view, kind, Array.from(view.rows(compiled)), sort).slice(offset, end);
}

/** Sorts by fields: numbers and dates by size, texts by their folded code units; rows without a value come last. */
function sorted(view: View, kind: Kind, rows: readonly number[], sort: string): number[] {
  const orders = sort.split(',').map(name => orderBy(view, kind, rows, name.trim()));
  const [first] = orders;
  if (orders.length === 1) return [...rows].sort(first);
  return [...rows].sort((a, b) => {
    for (const order of orders) {
      const decided = order(a, b);
      if (decided !== 0) return decided;
    }
    return 0;
  });
}

/** The order of rows by one field; with `-` before it, the other way round. */
function orderBy(
  view: View,
  kind: Kind,
  rows: readonly number[],
  name: string,
): (a: number, b: number) => number {
  const down = name.startsWith('-');
  const key = keyOf(view, kind, down ? name.slice(1) : name);
  const keys = new Map(rows.map(row => [row, key(row)]));
  const exactly = exactOrder(view, kind, down ? name.slice(1) : name);
  const isNone = (value: number | string) => value === '' || Number.isNaN(value);
  return (a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    if (isNone(x) || isNone(y)) return Number(isNone(x)) - Number(isNone(y));
    const order =
      typeof x === 'number' && typeof y === 'number'
        ? x - y || (x >= MANY_DIGITS ? exactly(a, b) : 0)
        : byCodeUnits(String(x), String(y));
    return down ? -order : order;
  };
}

/** Compares rows whose doubles are equal: amounts of money may have more digits than doubles. */
function exactOrder(view: View, kind: Kind, name: string): (a: number, b: number) => number {
  const field = findField(view.state.config, kind, name);
  if (name === 'weighted' && !field) {
    const text = weightedOf(view.state);
    return (a, b) => compareDecimals(text(a), text(b));
  }
  if (field?.type !== 'money') return () => 0;
  const table = view.state.table(kind);
  const text = (row: number) => String(valueAt(table.record(row), field.path));
  return (a, b) => compareDecimals(text(a), text(b));
}

function keyOf(view: View, kind: Kind, name: string): (row: number) => number | string {
  const { state } = view;
  const table = state.table(kind);
  const field = findField(state.config, kind, name);
  if (field?.name === 'id') return row => table.number(row);
  if (field && !field.read && !field.derivedToo) {
    const column: Column = table.column(field.path);
    if (column.type === 'number' || column.type === 'text') return row => column.get(row);
    if (column.type === 'code')
      return (
        stageOrder(view, kind, field.name) ??
        choiceOrder(view, field, column) ??
        (row => column.words[column.get(row)] ?? '')
      );
  }
  const derived = findDerived(kind, name, state.config);
  if (derived) return derived.bind(view.scope);
  const [text] = shown(view, kind, 'list', [name]);
  return row => text!.text(row);
}

/** Choices sort as the settings list them, not by their names; one that is no longer listed comes after them. */
function choiceOrder(view: View, field: Field, column: CodeColumn): ((row: number) => number) | undefined {
  if (!field.custom || !field.options) return undefined;
  const choices = field.options(view.state.config);
  const places = column.words.map(word => {
    const place = choices.indexOf(word);
    return place < 0 ? choices.length : place;
  });
  return row => places[column.get(row)] ?? Number.NaN;
}

/** Stages sort as the pipeline has them, not by their names. */
function stageOrder(view: View, kind: Kind, name: string): ((row: number) => number) | undefined {
  if (name !== 'stage' || !definitionOf(view.kinds, kind).inPipelines) return undefined;
  const table = view.state.table('deal');
  const order = new Map<string, number>();
  for (const pipeline of view.state.config.pipelines)
    for (const stage of pipeline.stages) order.set(`${pipeline.id}/${stage.id}`, order.size);
  const pipelines = table.column('pipeline');
  const stages = table.column('stage');
  if (pipelines.type !== 'code' || stages.type !== 'code') return undefined;
  return row =>
    order.get(`${pipelines.words[pipelines.get(row)]}/${stages.words[stages.get(row)]}`) ?? order.size;
}

/** A `--limit` or `--offset`: a whole number, not negative. */
export function parseLimit(text: string, option = '--limit'): number {
  if (!/^\d+$/.test(text))
    throw usage(`${option}: ${JSON.stringify(text)} is not a whole number`, `for example ${option} 20`);
  return Number(text);
}
