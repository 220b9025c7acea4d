/** Selects the rows and columns of a report that people see, and formats its figures, for terminals and pages alike. */
import type { Cells, ColumnType, ReportColumn, ReportRow } from './report.ts';

/** The currencies of rows, in order of their first row. */
export const currenciesOf = (rows: readonly ReportRow[]): readonly string[] => [
  ...new Set(rows.flatMap(({ cells }) => (typeof cells.currency === 'string' ? [cells.currency] : []))),
];

/**
 * Returns the columns that were asked for; otherwise those with something in them. A single currency needs no column, and
 * neither does a single pipeline beside its stages: headings name both.
 */
export function shownColumns(
  columns: readonly ReportColumn[],
  fields: readonly string[] | undefined,
  rows: readonly ReportRow[],
  currencies: readonly string[],
): readonly ReportColumn[] {
  if (fields) return fields.flatMap(name => columns.find(({ key }) => key === name) ?? []);
  const isOne = onlyPipeline(columns, rows) !== undefined;
  return columns.filter(
    ({ key, type, seen }) =>
      seen !== 'asked' &&
      (seen !== 'several' || new Set(rows.map(({ cells }) => cells[key])).size > 1) &&
      (type !== 'currency' || currencies.length > 1) &&
      (key !== PIPELINE || type !== 'word' || !isOne) &&
      (type === 'word' || rows.some(({ cells, labels }) => !isNothing(cells[key]) || labels?.[key])),
  );
}

const PIPELINE = 'pipeline';

/** Returns the name of the only pipeline of all rows, if the rows have other words too; undefined if there are several. */
export function onlyPipeline(
  columns: readonly ReportColumn[],
  rows: readonly ReportRow[],
): string | undefined {
  const words = columns.filter(({ type }) => type === 'word').map(({ key }) => key);
  const [first, ...others] = rows;
  const id = first?.cells[PIPELINE];
  if (words.length < 2 || !words.includes(PIPELINE) || typeof id !== 'string') return undefined;
  return others.every(({ cells }) => cells[PIPELINE] === id) ? (first!.labels?.[PIPELINE] ?? id) : undefined;
}

/**
 * Moves figures without a currency into the row with the same words. Rows stay apart if those words have several
 * currencies, since the figure belongs to none of them, or have no currency at all.
 */
export function joinedRows<T extends Pick<ReportRow, 'cells'>>(
  rows: readonly T[],
  columns: readonly ReportColumn[],
): readonly T[] {
  const words = columns.filter(({ type }) => type === 'word');
  const nameOf = ({ cells }: T) => JSON.stringify(words.map(({ key }) => cells[key]));
  const inCurrency = new Map<string, T[]>();
  for (const row of rows) {
    if (typeof row.cells.currency !== 'string') continue;
    const known = inCurrency.get(nameOf(row));
    if (known) known.push(row);
    else inCurrency.set(nameOf(row), [row]);
  }
  const added = new Map<T, T>();
  const isAlone = (row: T): boolean => {
    const same = row.cells.currency === null ? inCurrency.get(nameOf(row)) : undefined;
    if (same?.length !== 1) return true;
    added.set(same[0]!, row);
    return false;
  };
  return rows.filter(isAlone).map(row => {
    const more = added.get(row);
    if (!more) return row;
    const figures = Object.entries(more.cells).filter(([, value]) => value !== null);
    return { ...row, cells: { ...row.cells, ...Object.fromEntries(figures) } };
  });
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
      return `${thousands((Number(value) * 100).toFixed(1).replace(/\.0$/, ''))} %`;
    case 'flow': {
      const { deals, value: worth } = value as { deals: number; value: string };
      return deals === 0 ? '0' : `${thousands(String(deals))}: ${thousands(worth)}`;
    }
    case 'count':
      return thousands(String(value));
    case 'number':
      return thousands(String(Math.round(Number(value) * 100) / 100));
    default:
      return String(value);
  }
}

/** Returns a decimal with thousands separators. */
export const thousands = (decimal: string): string => {
  const [whole, fraction] = decimal.split('.') as [string, string?];
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? apart : `${apart}.${fraction}`;
};

/** Returns the labels of totals: their words, if these tell them apart; otherwise undefined. */
export function totalNames(
  total: readonly Cells[],
  columns: readonly ReportColumn[],
): readonly (string | undefined)[] {
  const words = columns.filter(({ type }) => type === 'word').map(({ key }) => key);
  const names = total.map(cells => words.flatMap(key => (cells[key] ? [String(cells[key])] : [])).join(', '));
  return names.map(name => (name === '' || new Set(names).size < 2 ? undefined : name));
}
