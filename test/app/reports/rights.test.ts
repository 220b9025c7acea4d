/** What a restricted user is told is what a workspace says that has only what they may see. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { View } from '../../../src/app/core/view.ts';
import type { ReportOptions } from '../../../src/app/reports/asked.ts';
import { type Change, idOf } from '../../../src/domain/changes.ts';
import { randomHistory } from '../../state/random-history.ts';
import { answered, bob, viewOf } from './random-view.ts';
import { runs } from '../../effort.ts';

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
  ['forecast', {}],
  ['forecast', { by: 'quarter', per: 'owner', currency: 'EUR' }],
  ['owners', days],
  ['owners', { ...days, per: 'team' }],
  ['revenue', { by: 'month', ...days }],
  ['losses', days],
  ['losses', { ...days, per: 'pipeline' }],
  ['pipeline', {}],
  ['pipeline', { per: 'team', own: { learned: true } }],
  ['coverage', { by: 'quarter' }],
];

async function answers(view: View): Promise<unknown[]> {
  const all = asked.map(async ([name, options]) => {
    const { answer } = await answered(view, name, options);
    const { total, notes, nothing } = answer;
    return {
      name,
      rows: answer.rows.map(({ cells, labels, query }) => ({ cells, labels, query })),
      total,
      notes,
      nothing,
    };
  });
  return Promise.all(all);
}

describe('reports', () => {
  test('tell a restricted user the same as a workspace with only the records that they may see', async () => {
    let hidden = 0;
    await fc.assert(
      fc.asyncProperty(randomHistory({ steps: 60 }), async ({ transactions, now }) => {
        const view = viewOf(transactions, now, bob);
        const isSeen = (change: Change) => view.seesId(idOf(change));
        const seen = transactions.map(tx => ({ ...tx, changes: tx.changes.filter(isSeen) }));
        if (seen.some((tx, i) => tx.changes.length < transactions[i]!.changes.length)) hidden++;
        const said = await answers(view);
        expect(said).toEqual(await answers(viewOf(seen, now, bob)));
        expect(JSON.stringify(said)).not.toMatch(/service/);
      }),
      { numRuns: runs(20) },
    );
    // Two of three histories have something to hide.
    expect(hidden).toBeGreaterThan(2);
  });
});
