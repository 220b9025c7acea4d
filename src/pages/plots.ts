/** The plots of a report: one for each currency, and for each pipeline, with figures as numbers. */
import { inWords } from '../domain/in-words.ts';
import type { Answered } from '../app/reports/index.ts';
import type { Cells, Drawn, Picture, ReportColumn, ReportRow } from '../app/reports/report.ts';
import { currenciesOf, figureText, textFor } from '../app/reports/shown.ts';
import { periodLines, short } from './lettering.ts';

/** A row of a plot: one row of the report, or several that are the same to the eye. */
export interface PlotRow {
  readonly label: string;
  /** The key of its period; undefined if it has none. */
  readonly period: string | undefined;
  /** The figure of a column as a number; 0 if it is not known. */
  value(key: string): number;
  /** Whether the figure of a column is known. */
  has(key: string): boolean;
  /** The figure of a column as people read it. */
  text(key: string): string;
}

export interface Plot {
  /** `Forecast, EUR` */
  readonly title: string;
  readonly picture: Picture;
  readonly rows: readonly PlotRow[];
  /** How many rows there are beside those that are drawn. */
  readonly others: number;
  titleOf(drawn: Drawn): string;
}

/** The most bars: nobody compares more. */
const MOST_BARS = 15;
/** The most currencies with plots; further ones are only in the table. */
const MOST_CURRENCIES = 3;

/** Returns what there is to draw of a report; nothing if no figure of it is other than 0. */
export function plotsOf(answered: Answered, rows: readonly ReportRow[]): readonly Plot[] {
  const { report, asked, answer } = answered;
  const columns = report.columns(asked);
  const picture = pictureOf(answered, columns);
  if (!picture) return [];
  const drawn = picture.type === 'steps' ? oneByCurrency(rows, answer.total) : rows;
  const column = (key: string) => columns.find(each => each.key === key);
  const parts = partsOf(drawn, picture, columns);
  return parts.flatMap(({ names, rows: some }): Plot[] => {
    const all = merged(some, columns, names).filter(row => isDrawn(picture, row));
    const shown = picture.type === 'columns' ? all : largest(all, picture);
    if (!shown.some(row => sizeOf(picture, row) !== 0)) return [];
    return [
      {
        title: [`${report.name[0]!.toUpperCase()}${report.name.slice(1)}`, ...names.words].join(', '),
        picture,
        rows: shown,
        others: all.length - shown.length,
        titleOf: ({ key, title }) => title ?? column(key)?.title ?? inWords(key),
      },
    ];
  });
}

/** The picture of a report; one that has none is drawn as its chart says. */
function pictureOf({ report, asked }: Answered, columns: readonly ReportColumn[]): Picture | undefined {
  const chart = report.chart(asked);
  if (report.picture) return report.picture;
  if (!chart) return undefined;
  const { figure, part } = chart;
  const stack: readonly Drawn[] =
    part === undefined
      ? [{ key: figure, look: 'plain' }]
      : [
          { key: part, look: 'deep' },
          { key: figure, less: part, look: 'plain' },
        ];
  return columns.some(({ key }) => key === 'period')
    ? { type: 'columns', stack }
    : { type: 'bars', stacks: [stack] };
}

/** Flows are drawn of a whole: of the total if there are several rows of a currency. */
function oneByCurrency(rows: readonly ReportRow[], total: readonly Cells[]): readonly ReportRow[] {
  const isSplit = new Set(rows.map(({ cells }) => cells.currency)).size < rows.length;
  return isSplit ? total.map(cells => ({ cells, query: null })) : rows;
}

interface Names {
  /** The columns that are told apart by the plot, and not by its rows. */
  readonly keys: readonly string[];
  readonly words: readonly string[];
}

interface Part {
  readonly names: Names;
  readonly rows: readonly ReportRow[];
}

/** Rows by currency where amounts are drawn, and by pipeline where rows are about more than that. */
function partsOf(
  rows: readonly ReportRow[],
  picture: Picture,
  columns: readonly ReportColumn[],
): readonly Part[] {
  const words = columns.filter(({ type }) => type === 'word');
  const isOfStages = words[0]?.key === 'pipeline' && words.length > 1;
  const isSeveral = ({ key }: ReportColumn) => new Set(rows.map(({ cells }) => cells[key])).size > 1;
  const keys = [
    ...(isOfStages ? ['pipeline'] : []),
    ...words.filter(each => each.seen !== undefined && isSeveral(each)).map(({ key }) => key),
    ...(isOfMoney(picture, columns) && picture.type !== 'ranges' ? ['currency'] : []),
  ];
  const currencies = currenciesOf(rows);
  const drawn = currencies.slice(0, MOST_CURRENCIES);
  const parts = new Map<string, { names: Names; rows: ReportRow[] }>();
  for (const row of rows) {
    const { currency } = row.cells;
    if (keys.includes('currency') && (typeof currency !== 'string' || !drawn.includes(currency))) continue;
    const name = JSON.stringify(keys.map(key => row.cells[key] ?? null));
    const said = keys.map(key => row.labels?.[key] ?? String(row.cells[key] ?? 'none'));
    const part = parts.get(name) ?? { names: { keys, words: said }, rows: [] };
    part.rows.push(row);
    parts.set(name, part);
  }
  return [...parts.values()];
}

function isOfMoney(picture: Picture, columns: readonly ReportColumn[]): boolean {
  const type = columns.find(({ key }) => key === drawnIn(picture)[0]?.key)?.type;
  return type === 'money' || type === 'flow';
}

/** All that a picture draws, marks aside. */
const drawnIn = (picture: Picture): readonly Drawn[] => {
  if (picture.type === 'columns') return picture.stack;
  if (picture.type === 'bars') return picture.stacks.flat();
  return picture.type === 'steps' ? picture.steps : [picture.middle];
};

/** One row for each period or label: what is told apart by other columns is summed. */
function merged(rows: readonly ReportRow[], columns: readonly ReportColumn[], apart: Names): PlotRow[] {
  const words = columns.filter(
    ({ key, type, seen }) => type === 'word' && seen === undefined && !apart.keys.includes(key),
  );
  const same = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const by = 'period' in row.cells ? [row.cells.period] : words.map(({ key }) => row.cells[key]);
    const name = JSON.stringify(by.map(each => each ?? null));
    const known = same.get(name);
    if (known) known.push(row);
    else same.set(name, [row]);
  }
  return [...same.values()].map(some => plotRow(some, columns, words, apart.words));
}

function plotRow(
  rows: readonly ReportRow[],
  columns: readonly ReportColumn[],
  words: readonly ReportColumn[],
  said: readonly string[],
): PlotRow {
  const [first] = rows as readonly [ReportRow];
  const { period } = first.cells;
  const value = (key: string) => rows.reduce((sum, { cells }) => sum + numberIn(cells[key]), 0);
  const label =
    typeof period === 'string'
      ? periodLines(period).join(' ').trim()
      : words
          .map(column => textFor(column, first) || `no ${inWords(column.key)}`)
          .filter(word => !said.includes(word))
          .join(', ');
  return {
    label,
    period: typeof period === 'string' ? period : undefined,
    value,
    has: key => rows.some(({ cells }) => cells[key] !== null && cells[key] !== undefined),
    text: key => {
      const type = columns.find(column => column.key === key)?.type ?? 'number';
      if (rows.length === 1) return figureText(type, first.cells[key]);
      if (type === 'count') return figureText(type, value(key));
      return type === 'rate' ? '' : short(value(key));
    },
  };
}

const numberIn = (value: Cells[string] | undefined): number => {
  const figure =
    typeof value === 'object' && value !== null && 'value' in value ? (value.value as string) : value;
  const number = Number(figure ?? 0);
  return Number.isFinite(number) ? number : 0;
};

const isDrawn = (picture: Picture, row: PlotRow): boolean =>
  picture.type !== 'ranges' || row.has(picture.middle.key);

/** How much of a row there is to see. */
export function sizeOf(picture: Picture, row: PlotRow): number {
  if (picture.type === 'steps') return Math.max(...picture.steps.map(({ key }) => row.value(key)));
  if (picture.type === 'ranges') return row.has(picture.middle.key) ? 1 : 0;
  const stacks = picture.type === 'columns' ? [picture.stack] : picture.stacks;
  const mark = picture.type === 'columns' ? picture.line : picture.mark;
  return Math.max(mark ? row.value(mark.key) : 0, ...stacks.map(stack => stackSize(stack, row)));
}

/** How large the parts of a bar are together. */
export const stackSize = (stack: readonly Drawn[], row: PlotRow): number =>
  stack.reduce((sum, drawn) => sum + partOf(drawn, row), 0);

/** The length of a part; a difference below nothing is nothing. */
export const partOf = ({ key, less }: Drawn, row: PlotRow): number =>
  Math.max(0, row.value(key) - (less === undefined ? 0 : row.value(less)));

/** The largest rows, in the order that they had. */
function largest(rows: readonly PlotRow[], picture: Picture): readonly PlotRow[] {
  if (rows.length <= MOST_BARS) return rows;
  const bySize = [...rows].sort((a, b) => sizeOf(picture, b) - sizeOf(picture, a));
  const kept = new Set(bySize.slice(0, MOST_BARS));
  return rows.filter(row => kept.has(row));
}
