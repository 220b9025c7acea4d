/** Which rows and columns of a report people are shown, and how its figures read: on a terminal and on a page alike. */
import type { Cells, ColumnType, ReportColumn, ReportRow } from './report.ts';

/** The currencies of rows, in order of their first row. */
export const currenciesOf = (rows: readonly ReportRow[]): readonly string[] => [
  ...new Set(rows.flatMap(({ cells }) => (typeof cells.currency === 'string' ? [cells.currency] : []))),
];

/** Returns the columns that were asked for; otherwise those with something in them. A single currency needs no column. */
export function shownColumns(
  columns: readonly ReportColumn[],
  fields: readonly string[] | undefined,
  rows: readonly ReportRow[],
  currencies: readonly string[],
): readonly ReportColumn[] {
  if (fields) return fields.flatMap(name => columns.find(({ key }) => key === name) ?? []);
  return columns.filter(
    ({ key, type }) =>
      (type !== 'currency' || currencies.length > 1) &&
      (type === 'word' || rows.some(({ cells }) => !isNothing(cells[key]))),
  );
}

/** Leaves out rows without any figure if there are several currencies: most have nothing in most periods. */
export function withSomething(
  rows: readonly ReportRow[],
  columns: readonly ReportColumn[],
  currencies: readonly string[],
): readonly ReportRow[] {
  if (currencies.length < 2) return rows;
  const figures = columns.filter(({ type }) => type !== 'word' && type !== 'currency');
  const some = rows.filter(({ cells }) => figures.some(({ key }) => !isNothing(cells[key])));
  return some.length > 0 ? some : rows;
}

/** Whether a cell has nothing that is worth a column. */
export const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === 0 ||
  (typeof value === 'object' && (value as { deals?: number }).deals === 0) ||
  (typeof value === 'string' && /^0(\.0+)?$/.test(value));

/** Returns a cell as people read it: the words of the row if it has some, else the figure. */
export function textFor(column: ReportColumn, { cells, labels }: ReportRow): string {
  return labels?.[column.key] ?? figureText(column.type, cells[column.key]);
}

/** Returns a figure as people read it: thousands apart, rates in percent, nothing if it is not known. */
export function figureText(type: ColumnType, value: Cells[string] | undefined): string {
  if (value === null || value === undefined) return '';
  switch (type) {
    case 'money':
      return thousands(String(value));
    case 'rate':
      return `${(Number(value) * 100).toFixed(1).replace(/\.0$/, '')} %`;
    case 'flow': {
      const { deals, value: worth } = value as { deals: number; value: string };
      return deals === 0 ? '0' : `${thousands(String(deals))}: ${thousands(worth)}`;
    }
    case 'count':
      return thousands(String(value));
    default:
      return String(value);
  }
}

const thousands = (decimal: string): string => {
  const [whole, fraction] = decimal.split('.') as [string, string?];
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
};
