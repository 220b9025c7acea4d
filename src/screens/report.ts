/** A report for people: its figures as a table with bars, its total in a box, and its notes. */
import { inWords } from '../domain/in-words.ts';
import type { Answered } from '../app/reports/index.ts';
import type { Cells, ReportColumn, ReportRow } from '../app/reports/report.ts';
import {
  currenciesOf,
  figureText,
  isNothing,
  joinedRows,
  onlyPipeline,
  shownColumns,
  textFor,
  totalNames,
  withSomething,
} from '../app/reports/shown.ts';
import { bar, sparkline } from '../ui/bars.ts';
import { boxedLines } from '../ui/boxed.ts';
import { printable } from '../ui/escape.ts';
import type { Paint } from '../ui/paint.ts';
import { columnsThatFit, type TableColumn, tableLines } from '../ui/table.ts';
import { displayWidth, wrapped } from '../ui/width.ts';
import { flowLines, type Step } from './flows.ts';
import type { Terminal } from './terminal.ts';

export interface ReportDrawing {
  /** The rows to show: sorted, and as many as were asked for. */
  readonly rows: readonly ReportRow[];
  /** The columns that were asked for; left out, all. */
  readonly fields: readonly string[] | undefined;
  /** Whether there are neither bars nor lines, and borders of ASCII. */
  readonly plain: boolean;
}

/** Cells that bars take at most and at least. */
const WIDEST_BAR = 24;
const LEAST_BAR = 6;
/** Names are shortened down to this many cells before columns of figures are left out. */
const LONGEST_NAME = 24;

export async function drawReport(
  terminal: Terminal,
  answered: Answered,
  drawing: ReportDrawing,
): Promise<void> {
  const { report, asked, answer } = answered;
  const paint = await terminal.paint();
  const width = terminal.streams.stdout.columns;
  const currencies = currenciesOf(answer.rows);
  await terminal.print(`${heading(answered, currencies, paint)}\n`);
  if (drawing.rows.length === 0) {
    const why = answer.nothing ?? 'no rows';
    await terminal.print(`\n${wrapped(`${why[0]!.toUpperCase()}${why.slice(1)}.`, width).join('\n')}\n`);
  } else {
    const all = report.columns(asked);
    const columns = shownColumns(all, drawing.fields, drawing.rows, currencies);
    const steps = stepsOf(answered);
    if (steps && (columns.every(({ type }) => type !== 'word') || !fits(drawing.rows, columns, width)))
      await drawSteps(terminal, answered, drawing, columns, steps);
    else await drawTable(terminal, answered, drawing, columns, currencies);
  }
  const notes = answer.notes.flatMap(note => wrapped(printable(note), width));
  if (notes.length > 0) await terminal.print(`\n${notes.map(line => `${paint.dim(line)}\n`).join('')}`);
}

/** The parts of a report that can be drawn one below the other. */
const stepsOf = ({ report: { picture } }: Answered): readonly Step[] | undefined =>
  picture?.type === 'steps' ? picture.steps : undefined;

/** Whether a table has room for all of its columns. */
const fits = (rows: readonly ReportRow[], columns: readonly ReportColumn[], width: number): boolean =>
  tableOf(rows, columns, width).used.length === columns.length;

/** Draws the flows of each row and of the total one below the other: with some left out, the others would not add up. */
async function drawSteps(
  terminal: Terminal,
  { answer }: Answered,
  { rows, plain }: ReportDrawing,
  columns: readonly ReportColumn[],
  steps: readonly Step[],
): Promise<void> {
  const paint = await terminal.paint();
  const width = terminal.streams.stdout.columns;
  const named = columns.filter(({ type }) => type === 'word' || type === 'currency');
  const isNamed = named.some(({ type }) => type === 'word');
  const totals = answer.total.map(cells => ({
    cells,
    labels: { [named[0]?.key ?? '']: 'total' },
    query: null,
  }));
  for (const row of [...rows, ...(isNamed ? totals : [])]) {
    const words = named.map(column => printable(textFor(column, row))).filter(word => word !== '');
    const title = words.length > 0 ? `${paint.bold(words.join('  '))}\n` : '';
    await terminal.print(
      `\n${title}${[...flowLines(row, columns, steps, { width, plain, paint })].join('')}`,
    );
  }
}

async function drawTable(
  terminal: Terminal,
  answered: Answered,
  drawing: ReportDrawing,
  columns: readonly ReportColumn[],
  currencies: readonly string[],
): Promise<void> {
  const { report, asked, answer } = answered;
  const paint = await terminal.paint();
  const width = terminal.streams.stdout.columns;
  const all = report.columns(asked);
  if (!drawing.plain)
    for (const line of sparklines(answered, drawing.rows)) await terminal.print(`${line}\n`);
  const joined = withSomething(joinedRows(drawing.rows, all), columns, currencies);
  const { used } = tableOf(joined, columns, width);
  const rows = joined.filter(row => saysSomething(row, used, columns));
  const table = { ...tableOf(rows, columns, width), used };
  await terminal.print(`\n${[...rowLines(answered, rows, table, drawing.plain, width, paint)].join('')}`);
  const total = joinedRows(
    answer.total.map(cells => ({ cells })),
    all,
  )
    .filter(row => saysSomething(row, used, columns))
    .map(({ cells }) => cells);
  const names = totalNames(total, all);
  const box = await totalBox(
    total.map((cells, i) => ({ cells, name: names[i] ?? '' })),
    used.map(i => columns[i]!),
    drawing.plain,
    width,
  );
  if (box.length > 0) await terminal.print(`\n${box.join('\n')}\n`);
}

/** The name of the report, and what it was asked: `FORECAST  2026-09-01 to 2027-08-31 by month, EUR`. */
function heading({ report, asked, answer }: Answered, currencies: readonly string[], paint: Paint): string {
  const { from, to, by } = asked.span;
  const pipeline = onlyPipeline(report.columns(asked), answer.rows);
  const said = [
    report.isNow ? asked.today : `${from} to ${to}${by === undefined ? '' : ` by ${by}`}`,
    ...(currencies.length === 1 ? currencies : []),
    ...(pipeline === undefined || asked.query !== '' ? [] : [printable(pipeline)]),
    ...(asked.query === '' ? [] : [printable(asked.query)]),
  ];
  return `${paint.bold(report.name)}  ${paint.dim(said.join('  '))}`;
}

/** Whether a row without a currency has a figure in one of the columns for which there is room. */
const saysSomething = (
  { cells }: Pick<ReportRow, 'cells'>,
  used: readonly number[],
  columns: readonly ReportColumn[],
): boolean =>
  cells.currency !== null ||
  used.some(i => columns[i]!.type !== 'word' && (cells[columns[i]!.key] ?? null) !== null);

/** A table that fits: its columns, its cells as printable text, and the columns that are not empty. */
interface FittedTable {
  readonly columns: readonly ReportColumn[];
  readonly drawn: readonly TableColumn[];
  readonly cells: readonly (readonly string[])[];
  readonly used: readonly number[];
}

function tableOf(rows: readonly ReportRow[], columns: readonly ReportColumn[], width: number): FittedTable {
  const cells = rows.map(row => columns.map(column => printable(textFor(column, row))));
  const drawn = columns.map(({ key, title, type }) => ({
    title: (title ?? inWords(key)).toUpperCase(),
    align: type === 'word' || type === 'currency' ? ('left' as const) : ('right' as const),
    whole: type !== 'word',
  }));
  const goes = (i: number) => {
    const rank = columns[i]!.goes;
    return rank === undefined ? undefined : rank === 'last' ? 1 : 0;
  };
  return {
    columns,
    drawn,
    cells,
    used: columnsThatFit(drawn, cells, width, { longest: LONGEST_NAME, goes }),
  };
}

function* rowLines(
  answered: Answered,
  rows: readonly ReportRow[],
  { columns, drawn, cells, used }: FittedTable,
  plain: boolean,
  width: number,
  paint: Paint,
): Iterable<string> {
  const room = width - widthOf(drawn, cells, used);
  const bars = barColumn(answered, rows, room, plain);
  yield* tableLines(
    [...used.map(i => drawn[i]!), ...(bars ? [{ ...BARS, title: legend(answered, room) }] : [])],
    cells.map((line, row) => [...used.map(i => line[i]!), ...(bars ? [bars[row]!] : [])]),
    width,
    (text, row, i) => {
      if (row < 0) return paint.dim(text);
      return i === used.length ? paint.cyan(text) : toned(columns[used[i]!]!, text, rows[row]!, paint);
    },
  );
}

const BARS = { title: '', align: 'left', whole: true } as const;
const GAP = 2;

/** Returns the legend of the dark and the light part of bars, if there is room for it. */
function legend({ report, asked }: Answered, room: number): string {
  const chart = report.chart(asked);
  if (chart?.part === undefined) return '';
  const text = `█ ${inWords(chart.part)} ░ ${inWords(chart.figure)}`;
  return displayWidth(text) <= room ? text : '';
}

/** How many cells a table takes, with the gap after its last column. */
function widthOf(
  columns: readonly { readonly title: string }[],
  rows: readonly (readonly string[])[],
  used: readonly number[],
): number {
  const widest = (i: number) =>
    rows.reduce((most, line) => Math.max(most, displayWidth(line[i]!)), displayWidth(columns[i]!.title));
  return used.reduce((sum, i) => sum + widest(i) + GAP, 0);
}

/** A bar for each row; undefined where there is nothing to draw, or no room for it. */
function barColumn(
  { report, asked }: Answered,
  rows: readonly ReportRow[],
  room: number,
  plain: boolean,
): readonly string[] | undefined {
  const chart = report.chart(asked);
  if (!chart || plain || room < LEAST_BAR) return undefined;
  return barsOf(rows, chart.figure, chart.part, Math.min(WIDEST_BAR, room));
}

/** Bars of a figure, each as a share of the largest one in its currency. */
function barsOf(
  rows: readonly ReportRow[],
  figure: string,
  part: string | undefined,
  width: number,
): string[] {
  const most = new Map<unknown, number>();
  for (const { cells } of rows)
    most.set(cells.currency, Math.max(most.get(cells.currency) ?? 0, Number(cells[figure] ?? 0)));
  return rows.map(({ cells }) => {
    const largest = most.get(cells.currency)!;
    if (!(largest > 0)) return '';
    const share = (key: string) => Number(cells[key] ?? 0) / largest;
    return bar(share(figure), width, part === undefined ? undefined : share(part));
  });
}

/** A line of the main figure over periods for each currency, where there are enough of them to see something. */
function sparklines({ report, asked }: Answered, rows: readonly ReportRow[]): string[] {
  const chart = report.chart(asked);
  const keys = asked.span.periods.map(({ key }) => key);
  if (!chart || asked.span.by === undefined || keys.length < 3) return [];
  const byCurrency = new Map<string, Map<unknown, number>>();
  for (const { cells } of rows) {
    if (cells.period === undefined) return [];
    const currency = String(cells.currency ?? '');
    const of = byCurrency.get(currency) ?? new Map<unknown, number>();
    of.set(cells.period, (of.get(cells.period) ?? 0) + Number(cells[chart.figure] ?? 0));
    byCurrency.set(currency, of);
  }
  return [...byCurrency].flatMap(([currency, of]) => {
    const figures = keys.map(key => of.get(key) ?? 0);
    if (figures.every(figure => figure === 0)) return [];
    return `${sparkline(figures)}  ${inWords(chart.figure)} ${currency}`.trimEnd();
  });
}

/** The total in a box: a line for each currency. */
async function totalBox(
  total: readonly { readonly cells: Cells; readonly name: string }[],
  columns: readonly ReportColumn[],
  plain: boolean,
  width: number,
): Promise<string[]> {
  if (total.length === 0) return [];
  const figures = columns.filter(
    ({ key, type }) => type !== 'word' && total.some(({ cells }) => !isNothing(cells[key])),
  );
  if (figures.length === 0) return [];
  let shown = figures;
  for (;;) {
    const lines = await boxedLines({
      head: ['total', ...shown.map(({ key, title }) => title ?? inWords(key))],
      rows: total.map(({ cells, name }) => [
        printable(name),
        ...shown.map(column => figureText(column.type, cells[column.key])),
      ]),
      align: [
        'left',
        ...shown.map(({ type }) => (type === 'currency' ? ('left' as const) : ('right' as const))),
      ],
      plain,
    });
    if (displayWidth(lines[0]!) <= width || shown.length <= 2) return lines;
    const goes =
      shown.findLast(each => each.goes === true) ?? shown.findLast(each => each.goes) ?? shown.at(-1);
    shown = shown.filter(column => column !== goes);
  }
}

/** Colours by meaning, of figures that are not nothing. */
function toned(column: ReportColumn, text: string, { cells }: ReportRow, paint: Paint): string {
  if (column.type === 'word')
    return cells[column.key] === 'overdue'
      ? paint.yellow(text)
      : cells[column.key] === null
        ? paint.dim(text)
        : text;
  if (isNothing(cells[column.key])) return paint.dim(text);
  switch (column.tone) {
    case 'good':
      return paint.green(text);
    case 'bad':
      return paint.red(text);
    case 'warning':
      return paint.yellow(text);
    default:
      return text;
  }
}
