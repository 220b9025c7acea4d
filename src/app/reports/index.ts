/** Every report by its name: one line each, loaded when it is asked for. */
import type { View } from '../core/view.ts';
import { usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { Asked, type ReportOption, type ReportOptions } from './asked.ts';
import type { Answer, Report } from './report.ts';

const reports: Readonly<Record<string, () => Promise<Report>>> = {
  forecast: async () => (await import('./forecast.ts')).forecast,
  funnel: async () => (await import('./funnel.ts')).funnel,
  movement: async () => (await import('./movement.ts')).movement,
  probability: async () => (await import('./probability.ts')).probability,
  velocity: async () => (await import('./velocity.ts')).velocity,
  pipeline: async () => (await import('./pipeline.ts')).pipeline,
  owners: async () => (await import('./owners.ts')).owners,
  losses: async () => (await import('./losses.ts')).losses,
  revenue: async () => (await import('./revenue.ts')).revenue,
  activity: async () => (await import('./activity.ts')).activity,
  coverage: async () => (await import('./coverage.ts')).coverage,
};

const reportNames: readonly string[] = Object.keys(reports);

/** The report of a name; USAGE with the nearest one if there is none. */
export async function reportNamed(name: string): Promise<Report> {
  if (Object.hasOwn(reports, name)) return reports[name]!();
  throw usage(`unknown report ${JSON.stringify(name)}`, suggestion(name, reportNames, 'reports'));
}

/** All reports, in order. */
export const allReports = (): Promise<Report[]> => Promise.all(reportNames.map(reportNamed));

/** A report with what it was asked, and its answer. */
export interface Answered {
  readonly report: Report;
  readonly asked: Asked;
  readonly answer: Answer;
}

/** Answers a report. USAGE for an option that it does not take, with the reports that do. */
export async function answerReport(view: View, report: Report, options: ReportOptions): Promise<Answered> {
  for (const option of ['per', 'by'] as const)
    if (options[option] !== undefined) await requireOption(report, option);
  for (const option of Object.keys(options.own ?? {}) as ReportOption[]) await requireOption(report, option);
  const asked = new Asked(view, report.span, options);
  if (asked.own.learned) {
    const { learnedChances } = await import('./learned-chances.ts');
    asked.goByLearned(await learnedChances(view, asked));
  }
  return { report, asked, answer: await report.answer(view, asked) };
}

async function requireOption({ name, options }: Report, option: ReportOption): Promise<void> {
  if (options.includes(option)) return;
  const others = (await allReports()).filter(each => each.options.includes(option));
  throw usage(
    `--${option} does not go with ${name}`,
    `it goes with ${others.map(each => each.name).join(', ')}`,
  );
}
