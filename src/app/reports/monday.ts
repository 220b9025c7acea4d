/** The reports of the Monday page: forecast, changes in a week, losses, owners. */
import type { View } from '../core/view.ts';
import { addDays } from '../../domain/dates.ts';
import { type Answered, answerReport, reportNamed } from './index.ts';
import type { ReportOptions } from './asked.ts';

/** The days that movement is about: a week, today included. */
const WEEK = 7;

/** Answers the reports of the Monday page, in its order: each about its own days, all of the same deals. */
export async function answerMonday(
  view: View,
  { query, pipelines, currency }: Pick<ReportOptions, 'query' | 'pipelines' | 'currency'>,
): Promise<Answered[]> {
  const today = view.clock.zone.day(view.clock.now);
  const days: Readonly<Record<string, Pick<ReportOptions, 'from' | 'to'>>> = {
    forecast: {},
    pipeline: {},
    movement: { from: addDays(today, 1 - WEEK), to: today },
    funnel: {},
    losses: {},
    velocity: {},
    owners: {},
    revenue: {},
  };
  const answers: Answered[] = [];
  for (const [name, span] of Object.entries(days)) {
    const options = { query, ...(pipelines && { pipelines }), currency, ...span };
    answers.push(await answerReport(view, await reportNamed(name), options));
  }
  return answers;
}
