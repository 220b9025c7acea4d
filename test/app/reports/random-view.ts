/** Views of random histories, in memory: what reports are asked of, without a workspace on disk. */
import { View } from '../../../src/app/core/view.ts';
import type { Viewer } from '../../../src/app/core/viewer.ts';
import { answerReport, type Answered, reportNamed } from '../../../src/app/reports/index.ts';
import type { ReportOptions } from '../../../src/app/reports/asked.ts';
import { clockIn } from '../../../src/domain/clock.ts';
import type { Config, Pipeline, Stage } from '../../../src/domain/config.ts';
import type { DealHistory } from '../../../src/state/deal-history.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { configOf, emptyState } from '../../state/contents.ts';
import type { RandomTransaction } from '../../state/random-history.ts';

const stage = (id: string, more: Partial<Stage> = {}): Stage => ({
  id,
  name: id,
  card: [],
  requires: [],
  ...more,
});
const pipeline = (id: string, more: Partial<Pipeline> = {}): Pipeline => ({
  id,
  name: id,
  currency: 'EUR',
  assign: { by: 'none', among: [] },
  card: [],
  entry: 'new',
  requires: [],
  transitions: [],
  stages: [stage('new', { probability: 20 }), stage('talks'), stage('offer', { group: 'not-customers' })],
  ...more,
});

const always = (amount: string) => [{ from: '0001-01-01', amount }];

/** Two pipelines, of which bob does not see the second; rates, and quotas of both users. */
export const config: Config = {
  ...configOf(),
  timezone: 'Europe/Amsterdam',
  users: {
    ana: { id: 'ana', name: 'Ana', role: 'admin', active: true, quota: { month: always('1000') } },
    bob: { id: 'bob', name: 'Bob', role: 'restricted', active: true, quota: { month: always('300') } },
  } as unknown as Config['users'],
  teams: { north: ['ana', 'bob'] },
  rates: { USD: always('0.92'), JPY: always('0.006') },
  pipelines: [pipeline('sales'), pipeline('service', { access: ['ana'] })],
};

export const ana: Viewer = { user: 'ana', role: 'admin' };
export const bob: Viewer = { user: 'bob', role: 'restricted' };

/** Folds the past of deals; with `cut`, first the transactions before that, and then the others onto what these gave. */
export function pastOf(transactions: readonly RandomTransaction[], cut = 0): DealHistory {
  const before = new HistoryFold();
  for (const tx of transactions.slice(0, cut)) before.take(tx);
  const fold = cut > 0 ? new HistoryFold(before.finish()) : before;
  for (const tx of transactions.slice(cut)) fold.take(tx);
  return fold.finish();
}

export function viewOf(
  transactions: readonly RandomTransaction[],
  now: number,
  viewer: Viewer,
  history = pastOf(transactions),
): View {
  const state = emptyState(config);
  for (const tx of transactions) for (const change of tx.changes) state.apply(change, tx.at, tx.seq);
  return new View(state, viewer, clockIn(config, now), async use => use(history));
}

export const answered = async (
  view: View,
  name: string,
  options: Partial<ReportOptions> = {},
): Promise<Answered> => answerReport(view, await reportNamed(name), { query: [], ...options });
