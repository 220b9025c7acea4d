import { parseLimit } from '../app/reading/list.ts';
import type { Answered } from '../app/reports/index.ts';
import type { Report, ReportRow } from '../app/reports/report.ts';
import type { Clock } from '../domain/clock.ts';
import { formatInstant } from '../domain/dates.ts';
import { compareDecimals } from '../domain/decimal.ts';
import { usage } from '../domain/errors.ts';
import type { Json } from '../domain/records.ts';
import { suggestion } from '../domain/nearest.ts';
import { parsePeriod } from '../domain/typed-dates.ts';
import { atOption, knownAtOption, viewAsked } from './at.ts';
import { optional, query } from './args/declare.ts';
import type { Argument } from './args/argument.ts';
import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import type { Options } from './line/options.ts';
import { formatFor, printJson, printRecords, printThings } from './printing/output.ts';
import { plainColumn, type ThingColumn } from '../ui/thing-column.ts';
import { quietIfNothing } from './line/quiet-option.ts';

const reportName: Argument<string> = { type: 'report', label: 'REPORT', asks: 'which report' };

/** `crm report [REPORT] [QUERY]` */
export const report = command({
  summary: 'figures: what closes when, what each owner has, where deals are; alone it lists all reports',
  effect: 'reads',
  args: { name: optional(reportName), query: query() },
  options: [
    { flags: '--pipeline <P>', description: 'only of a pipeline; several with commas', repeat: 'list' },
    { flags: '--from <DAY>', description: 'the first day, or a period such as 2026Q3' },
    { flags: '--to <DAY>', description: 'the last day, or a period' },
    { flags: '--by <UNIT>', description: 'day, week (ISO), month, quarter or year' },
    {
      flags: '--per <GROUP>',
      description: 'owner, team, pipeline, stage, group, account or any choice, user or text field',
    },
    { flags: '--currency <CODE>', description: 'all amounts in one currency, by the rates in crm.yaml' },
    { flags: '--due <PERIOD>', description: 'movement: only of deals that are due in a period' },
    atOption,
    knownAtOption,
    {
      flags: '--learned',
      description: "forecast, pipeline: weight by the rate of each stage's decided deals",
    },
    { flags: '--invoiced', description: 'revenue by invoices issued, not by deals won' },
    { flags: '--paid', description: 'revenue by invoices paid' },
    { flags: '--where <QUERY>', description: 'the same as QUERY, also for bare words', repeat: true },
    { flags: '--deals <ROW>', description: 'list the deals of a row, by its number from 1 or its name' },
    {
      flags: '--sort <COLUMN>',
      description: 'sort the rows by a column, -COLUMN in reverse',
      repeat: 'list',
    },
    { flags: '--limit <N>', description: 'print at most N rows (default: all)' },
    {
      flags: '--html <FILE>',
      description: 'write a page with charts; without REPORT the Monday page',
      reaches: 'files',
    },
    { flags: '--svg <FILE>', description: 'write the charts of a report as SVG', reaches: 'files' },
    { flags: '--plain', description: 'no bars and no lines, for a screen reader or a mail' },
    quietIfNothing,
  ],
  examples: [
    'report',
    'report forecast',
    'report forecast --by quarter --per owner --pipeline sales',
    'report pipeline tag:vip --currency EUR --json',
    'report forecast --deals overdue --fields id,title,value',
    'report --html monday.html',
    'report funnel --svg funnel.svg',
  ],
  helpOn: async word => {
    const { allReports } = await import('../app/reports/index.ts');
    if (!(await allReports()).some(({ name }) => name === word)) return undefined;
    return (await import('./topics/reports.ts')).reportsTopic(word);
  },
  jsonFields: ['report', 'at', 'from', 'to', 'by', 'currency', 'query', 'rows', 'total', 'notes'],
  async run(context, { name, query }, options) {
    const { allReports, answerReport, reportNamed } = await import('../app/reports/index.ts');
    const common = deals(query, options);
    const isFile = options.text('html') !== undefined || options.text('svg') !== undefined;
    const toFiles = isFile ? await import('./report-files.ts') : undefined;
    const files = await toFiles?.filesAsked(context, options);
    if (name === undefined)
      return files
        ? toFiles!.writeMonday(context, files, common, options)
        : printList(context, await allReports(), isPlain(context, options));
    const report = await reportNamed(name);
    const view = await viewAsked(context, options);
    const answered = await answerReport(view, report, { ...common, ...days(options) });
    const row = options.text('deals');
    if (row !== undefined) return printDeals(context, answered, row);
    const limit = options.text('limit');
    const sorted = sortRows(answered, options.text('sort'));
    const rows = limit === undefined ? sorted : sorted.slice(0, parseLimit(limit));
    if (rows.length === 0) context.nothing();
    if (files) {
      checkFields(answered, context.globals.fields);
      return toFiles!.writeReport(context, files, answered, rows);
    }
    await printReport(context, answered, rows, isPlain(context, options));
    if (answered.answer.rows.length === 0) await sayOfPeriods(context, query, view.clock);
  },
});

/** Explains the options for days, if the query found nothing and one of its words is a period. */
async function sayOfPeriods(context: Context, query: readonly string[], clock: Clock): Promise<void> {
  const word = query.find(each => /^[\w-]+$/.test(each) && isPeriod(each, clock));
  if (word !== undefined)
    await context.message(`${word} was searched for in texts; as days it is --from ${word} --to ${word}`);
}

function isPeriod(word: string, clock: Clock): boolean {
  try {
    parsePeriod(word, clock);
    return true;
  } catch {
    return false;
  }
}

/** Returns the deals and the currency of a report, by its options. */
const deals = (query: readonly string[], options: Options) => ({
  query: [...query, ...options.list('where')],
  pipelines:
    options
      .text('pipeline')
      ?.split(',')
      .map(each => each.trim()) ?? [],
  currency: options.text('currency'),
});

/** Returns its days, its groups, and the options that only some reports take. */
function days(options: Options) {
  const due = options.text('due');
  return {
    from: options.text('from'),
    to: options.text('to'),
    by: options.text('by'),
    per: options.text('per'),
    own: {
      ...(due !== undefined && { due }),
      ...(options.flag('invoiced') && { invoiced: true as const }),
      ...(options.flag('paid') && { paid: true as const }),
      ...(options.flag('learned') && { learned: true as const }),
    },
  };
}

const isPlain = (context: Context, options: Options): boolean =>
  options.flag('plain') || context.deps.env.TERM === 'dumb';

async function printReport(
  context: Context,
  answered: Answered,
  rows: readonly ReportRow[],
  plain: boolean,
): Promise<void> {
  const { report, asked } = answered;
  const format = formatFor(context);
  const { fields } = context.globals;
  checkFields(answered, fields);
  if (format === 'table') {
    const { drawReport } = await import('../screens/report.ts');
    return drawReport(context, answered, { rows, fields, plain });
  }
  if ((format === 'json' || format === 'yaml') && (await printJson(context, toJson(answered, rows, fields))))
    return;
  const keys = report.columns(asked).map(({ key }) => key);
  const columns: ThingColumn<ReportRow>[] = [
    ...keys.map(key => plainColumn<ReportRow>(key, row => row.cells[key])),
    { ...plainColumn<ReportRow>('query', row => row.query), jsonOnly: true },
  ];
  await printThings(context, rows, columns, row => nameOf(row, keys));
}

/** What a row is called: its words, as far as it has some. */
function nameOf({ cells }: ReportRow, keys: readonly string[]): string {
  return String(cells[keys.find(key => typeof cells[key] === 'string') ?? ''] ?? '');
}

function checkFields({ report, asked }: Answered, fields: readonly string[] | undefined): void {
  const known = [...report.columns(asked).map(({ key }) => key), 'query'];
  for (const field of fields ?? [])
    if (!known.includes(field))
      throw usage(
        `unknown column ${JSON.stringify(field)} of ${report.name}`,
        suggestion(field, known, 'columns'),
      );
}

function toJson(
  { report, asked, answer }: Answered,
  rows: readonly ReportRow[],
  fields: readonly string[] | undefined,
) {
  const keys = report.columns(asked).map(({ key }) => key);
  const { from, to, by } = asked.span;
  const picked = (cells: ReportRow['cells'], query?: string | null) => {
    const all = { ...cells, ...(query !== undefined && { query }) };
    const names = fields ?? [...keys, ...(query === undefined ? [] : ['query'])];
    return Object.fromEntries(
      names
        .filter(key => key !== 'query' || query !== undefined)
        .map(key => [key, all[key as keyof typeof all] ?? null]),
    );
  };
  return {
    report: report.name,
    at: formatInstant(asked.view.clock.now),
    from,
    to,
    by: by ?? null,
    currency: asked.rates?.target ?? null,
    query: asked.query === '' ? null : asked.query,
    rows: rows.map(({ cells, query }) => picked(cells, query)),
    total: answer.total.map(cells => picked(cells)),
    notes: answer.notes,
  };
}

/** Sorts by columns: figures by size, words by their code units; unknown values come last. */
function sortRows({ report, asked, answer }: Answered, sort: string | undefined): readonly ReportRow[] {
  if (sort === undefined) return answer.rows;
  const columns = report.columns(asked);
  const orders = sort.split(',').map(word => {
    const key = word.trim().replace(/^-/, '');
    const column = columns.find(each => each.key === key);
    if (!column)
      throw usage(
        `--sort: unknown column ${JSON.stringify(key)} of ${report.name}`,
        suggestion(
          key,
          columns.map(each => each.key),
          'columns',
        ),
      );
    const isWord = column.type === 'word' || column.type === 'currency';
    const sign = word.trim().startsWith('-') ? -1 : 1;
    return (a: ReportRow, b: ReportRow): number => {
      const [x, y] = [a.cells[key] ?? null, b.cells[key] ?? null];
      if (x === null || y === null) return Number(x === null) - Number(y === null);
      const order = isWord ? (x < y ? -1 : x > y ? 1 : 0) : compareDecimals(figureOf(x), figureOf(y));
      return sign * order;
    };
  });
  return [...answer.rows].sort((a, b) => orders.reduce((decided, order) => decided || order(a, b), 0));
}

/** What a figure is sorted by: of a flow, its value. */
const figureOf = (value: Json): string =>
  String(typeof value === 'object' ? (value as { readonly value: string }).value : value);

async function printDeals(context: Context, answered: Answered, name: string): Promise<void> {
  const row = rowNamed(answered, name);
  const { view } = answered.asked;
  const rows = row.deals?.() ?? (row.query === null ? [] : await listed(view, row.query));
  await printRecords(context, view, 'deal', rows);
  if (rows.length === 0 && formatFor(context) === 'table') await context.message('no deals in this row');
}

async function listed(view: Answered['asked']['view'], query: string): Promise<readonly number[]> {
  const { list } = await import('../app/reading/list.ts');
  return list(view, 'deal', { query: [query] });
}

/** The row of a number from 1, or the only one with a word. USAGE if there is none, or several. */
function rowNamed({ report, asked, answer }: Answered, name: string): ReportRow {
  const { rows } = answer;
  const number = /^\d{1,3}$/.test(name) ? rows[Number(name) - 1] : undefined;
  if (number) return number;
  const words = report.columns(asked).filter(({ type }) => type === 'word' || type === 'currency');
  const all = rows.filter(({ cells, labels }) =>
    words.some(({ key }) => cells[key] === name || labels?.[key] === name),
  );
  // Figures without a currency share a line with those that have one.
  const inCurrency = all.filter(({ cells }) => typeof cells.currency === 'string');
  const named = inCurrency.length > 0 ? inCurrency : all;
  if (named.length === 1) return named[0]!;
  if (named.length > 1)
    throw usage(
      `--deals: ${JSON.stringify(name)} names ${named.length} rows of ${report.name}`,
      `one by its number: ${named.map(row => rows.indexOf(row) + 1).join(', ')}`,
    );
  const known = rows.flatMap(({ cells }) => words.flatMap(({ key }) => (cells[key] as string | null) ?? []));
  throw usage(
    `--deals: there is no row ${JSON.stringify(name)} in ${report.name}`,
    suggestion(name, [...new Set(known)], 'rows') ?? `it has ${rows.length} rows`,
  );
}

/** The reports there are: in a box on a terminal. */
async function printList(context: Context, all: readonly Report[], plain: boolean): Promise<void> {
  if (formatFor(context) !== 'table')
    return printThings(
      context,
      all,
      [plainColumn('name', each => each.name), plainColumn('summary', each => each.summary)],
      each => each.name,
    );
  const { drawReportList } = await import('../screens/report-list.ts');
  await drawReportList(context, all, plain);
}
