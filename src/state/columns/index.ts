/** Makes columns of each type: from cells, from raw arrays, and back into raw arrays. */
import type { Cell, ColumnType } from '../../domain/cell.ts';
import type { Rec } from '../../domain/records.ts';
import type { ColumnSpec } from '../../kinds/define.ts';
import { CodeBuilder, dumpCodes, LiveCodes } from './codes.ts';
import type { Column, ColumnBuilder, ColumnData, LiveColumn } from './column.ts';
import { Dictionary } from './dictionary.ts';
import { ListBuilder, LiveCodeLists, LiveNumberLists } from './lists.ts';
import { dumpNumbers, LiveNumbers, noCells, NumberBuilder } from './numbers.ts';
import { LiveTexts, TextBuilder } from './texts.ts';

const live: Readonly<Record<ColumnType, (data: ColumnData) => LiveColumn>> = {
  number: data => new LiveNumbers(data),
  code: data => new LiveCodes(data),
  codes: data => new LiveCodeLists(data),
  numbers: data => new LiveNumberLists(data),
  text: data => new LiveTexts(data),
};

const builders: Readonly<Record<ColumnType, (rows: number) => ColumnBuilder>> = {
  number: rows => new NumberBuilder(rows),
  code: rows => new CodeBuilder(rows),
  codes: rows => new ListBuilder(rows, new Dictionary([])),
  numbers: rows => new ListBuilder(rows),
  text: rows => new TextBuilder(rows),
};

const none = new Float64Array();

/** Returns a column that starts from raw arrays and follows changes. It writes into the arrays that it is given. */
export const liveColumn = (data: ColumnData): LiveColumn => live[data.type](data);

/** Builds a column from the cells of all rows. */
export function buildColumn(type: ColumnType, rows: number, cell: (row: number) => Cell): ColumnData {
  const builder = builders[type](rows);
  for (let row = 0; row < rows; row++) builder.add(cell(row));
  return builder.data();
}

/** The number of records whose cells are added to one column after the other: few enough to stay in the processor's cache. */
const AT_ONCE = 256;

/** Builds the columns of records; returns the arrays of each, by the name under which it is stored. */
export function buildColumns(specs: readonly ColumnSpec[], records: readonly Rec[]): [string, ColumnData][] {
  const all = specs.map(spec => ({ spec, builder: builders[spec.type](records.length) }));
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, records.length);
    for (const { spec, builder } of all)
      for (let row = from; row < to; row++) builder.add(spec.cell(records[row]!));
  }
  return all.map(({ spec, builder }) => [spec.storedAs, builder.data()]);
}

/**
 * Returns a column as raw arrays, with its rows in the order given. `isGapless` says that these are all its rows in
 * their own order; a column that did not change then returns its own arrays.
 */
export function dumpColumn(column: Column, rows: readonly number[], isGapless = false): ColumnData {
  const own = isGapless ? ownArrays(column, rows.length) : undefined;
  if (own) return own;
  if (column.type === 'number') return dumpNumbers(column, rows);
  if (column.type === 'code') return dumpCodes(column, rows);
  return column.dump(rows);
}

/**
 * Returns a column's own arrays, cut to its first `rows` rows; undefined if they are not in the form that
 * `dumpColumn` returns.
 */
function ownArrays(column: Column, rows: number): ColumnData | undefined {
  if (column.type !== 'number' && column.type !== 'code') return column.unchanged(rows);
  if (column.type === 'number' && column.isEmpty)
    return { type: 'number', values: none, isEmpty: true, cells: noCells };
  const values = column.all();
  if (values.length < rows) return undefined;
  const data = { type: column.type, values: values.subarray(0, rows) };
  return column.type === 'code' ? { ...data, words: [...column.words] } : data;
}
