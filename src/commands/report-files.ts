/** `crm report --html FILE` and `--svg FILE`: reports as files, which are written whole or not at all. */
import type { Answered } from '../app/reports/index.ts';
import type { ReportOptions } from '../app/reports/asked.ts';
import type { ReportRow } from '../app/reports/report.ts';
import { formatInstant } from '../domain/dates.ts';
import { usage } from '../domain/errors.ts';
import type { PageReport } from '../pages/page.ts';
import { Sha256 } from '../store/disk/sha256.ts';
import { viewAsked } from './at.ts';
import type { Context } from './line/context.ts';
import type { Options } from './line/options.ts';
import { openOutput, requireOutput } from './printing/output-file.ts';

/** The files that a report is to be written to. */
export interface ReportFiles {
  readonly html: string | undefined;
  readonly svg: string | undefined;
}

/** Options that are about one report, and not about the Monday page. */
const ofOne = ['from', 'to', 'by', 'per', 'due', 'deals', 'sort', 'limit'] as const;
const flagsOfOne = ['invoiced', 'paid', 'learned'] as const;

/** Returns the files that were asked for; undefined if none was. Throws if one must not be written. */
export async function filesAsked(context: Context, options: Options): Promise<ReportFiles | undefined> {
  const [html, svg] = [options.text('html'), options.text('svg')];
  if (html === undefined && svg === undefined) return undefined;
  if (html === svg) throw usage('--html and --svg name the same file', 'name two files');
  if (options.text('deals') !== undefined)
    throw usage('--deals lists deals, which a page cannot have', 'use it without --html and --svg');
  for (const file of [html, svg]) if (file !== undefined) await requireOutput(context, file);
  return { html, svg };
}

/** Writes the Monday page. */
export async function writeMonday(
  context: Context,
  { html, svg }: ReportFiles,
  query: Pick<ReportOptions, 'query' | 'pipelines' | 'currency'>,
  options: Options,
): Promise<void> {
  if (svg !== undefined || html === undefined)
    throw usage('--svg is the chart of one report', 'crm report forecast --svg forecast.svg');
  const one = [
    ...ofOne.filter(name => options.text(name) !== undefined),
    ...flagsOfOne.filter(name => options.flag(name)),
    ...(context.globals.fields ? ['fields'] : []),
  ];
  if (one.length > 0)
    throw usage(
      `--${one[0]} goes with one report, and the page has several`,
      'name a report: crm report forecast --html forecast.html',
    );
  const { answerMonday } = await import('../app/reports/monday.ts');
  const answers = await answerMonday(await viewAsked(context, options), query);
  await writePage(
    context,
    html,
    answers.map(answered => ({ ...answered, shown: { rows: answered.answer.rows } })),
  );
}

/** Writes one report as a page, and its charts as SVG. */
export async function writeReport(
  context: Context,
  { html, svg }: ReportFiles,
  answered: Answered,
  rows: readonly ReportRow[],
): Promise<void> {
  const { fields } = context.globals;
  if (html !== undefined) await writePage(context, html, [{ ...answered, shown: { rows, fields } }]);
  if (svg !== undefined) {
    const { chartFile } = await import('../pages/charts.ts');
    await writeFile(context, svg, chartFile(answered, rows));
  }
}

async function writePage(context: Context, file: string, reports: readonly PageReport[]): Promise<void> {
  const { pageOf } = await import('../pages/page.ts');
  const { view, today } = reports[0]!.asked;
  const text = pageOf({
    reports,
    workspace: view.config.name,
    currency: view.config.currency,
    today,
    madeAt: `${formatInstant(view.clock.now).slice(0, 16).replace('T', ' ')} UTC`,
    hash,
  });
  await writeFile(context, file, text);
}

async function writeFile(context: Context, file: string, text: string): Promise<void> {
  const { write, close } = await openOutput(context, file);
  try {
    await write(text);
  } finally {
    await close();
  }
  await context.message(`wrote ${file}`);
}

/** SHA-256 as a policy of content wants it: base64 with its end. */
const hash = (text: string): string =>
  `${new Sha256().update(text).digest().replaceAll('-', '+').replaceAll('_', '/')}=`;
