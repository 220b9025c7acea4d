/** What a restricted user is told is what a workspace says that has only what they may see. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { View } from '../../../src/app/core/view.ts';
import { answerReport, reportNamed } from '../../../src/app/reports/index.ts';
import type { ReportOptions } from '../../../src/app/reports/asked.ts';
import { type Change, idOf } from '../../../src/domain/changes.ts';
import { clockIn } from '../../../src/domain/clock.ts';
import type { Config, Pipeline, Stage } from '../../../src/domain/config.ts';
import { HistoryFold } from '../../../src/state/fold-history.ts';
import { configOf, emptyState } from '../../state/contents.ts';
import { type RandomTransaction, randomHistory } from '../../state/random-history.ts';

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
const config: Config = {
  ...configOf(),
  users: {
    ana: { name: 'Ana', role: 'admin' },
    bob: { name: 'Bob', role: 'restricted' },
  } as unknown as Config['users'],
  teams: { north: ['ana', 'bob'] },
  pipelines: [pipeline('sales'), pipeline('service', { access: ['ana'] })],
};

function viewOf(transactions: readonly RandomTransaction[], now: number): View {
  const state = emptyState(config);
  const fold = new HistoryFold();
  for (const tx of transactions) {
    for (const change of tx.changes) state.apply(change, tx.at, tx.seq);
    fold.take(tx);
  }
  const history = fold.finish();
  const viewer = { user: 'bob', role: 'restricted' } as const;
  return new View(state, viewer, clockIn(config, now), async use => use(history));
}

const days = { from: '2026-01-20', to: '2026-06-30' };
const asked: readonly (readonly [string, Partial<ReportOptions>])[] = [
  ['funnel', days],
  ['movement', days],
  ['movement', { ...days, per: 'owner' }],
  ['movement', { ...days, per: 'stage' }],
  ['movement', { ...days, own: { due: '2026Q2' } }],
  ['movement', { ...days, per: 'team' }],
  ['funnel', { ...days, per: 'owner' }],
  ['funnel', { ...days, per: 'title' }],
  ['velocity', days],
  ['velocity', { ...days, per: 'team' }],
  ['velocity', { ...days, per: 'title' }],
  ['probability', {}],
];

async function answers(view: View): Promise<unknown[]> {
  const all = asked.map(async ([name, options]) => {
    const { answer } = await answerReport(view, await reportNamed(name), { query: [], ...options });
    const { total, notes, nothing } = answer;
    return { name, rows: answer.rows.map(({ cells, labels }) => ({ cells, labels })), total, notes, nothing };
  });
  return Promise.all(all);
}

describe('reports of the past', () => {
  test('tell a restricted user what a workspace says that has only what they may see', async () => {
    let hidden = 0;
    await fc.assert(
      fc.asyncProperty(randomHistory({ steps: 60 }), async ({ transactions, now }) => {
        const view = viewOf(transactions, now);
        const isSeen = (change: Change) => view.seesId(idOf(change));
        const seen = transactions.map(tx => ({ ...tx, changes: tx.changes.filter(isSeen) }));
        if (seen.some((tx, i) => tx.changes.length < transactions[i]!.changes.length)) hidden++;
        const said = await answers(view);
        expect(said).toEqual(await answers(viewOf(seen, now)));
        expect(JSON.stringify(said)).not.toMatch(/service/);
      }),
      { numRuns: 60 },
    );
    expect(hidden).toBeGreaterThan(20);
  });
});
