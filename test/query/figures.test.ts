/** Figures that follow from records and settings: how likely a deal is, what it is worth by that, and scores. */
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/domain/config.ts';
import type { Rec } from '../../src/domain/records.ts';
import { ownProbability, probabilityOf, weightedOf } from '../../src/query/probability.ts';
import {
  defaultScore,
  isScored,
  scoreNames,
  scoreOf,
  withAdjustment,
  withoutExpiring,
} from '../../src/query/score.ts';
import { bind, config, found, NOW, scopeOf, stateOf } from './world.ts';

const likely: Config = {
  ...config,
  pipelines: config.pipelines.map(pipeline => ({
    ...pipeline,
    stages: pipeline.stages.map(stage => ({
      ...stage,
      ...(stage.id === 'proposal' && { probability: pipeline.id === 'sales' ? 40 : 12.5 }),
    })),
  })),
};
const deal = {
  pipeline: 'sales',
  stage: 'proposal',
  status: 'open',
  value: '10.05',
  currency: 'EUR',
  title: 'x',
};
const deals: Rec[] = [
  { ...deal, id: 'D1' },
  { ...deal, id: 'D2', pipeline: 'service' },
  { ...deal, id: 'D3', stage: 'to-contact' },
  { ...deal, id: 'D4', probability: 0 },
  { ...deal, id: 'D5', stage: 'to-contact', probability: 100 },
  { ...deal, id: 'D6', status: 'won', probability: 3 },
  { ...deal, id: 'D7', status: 'lost', probability: 3 },
  { ...deal, id: 'D8', pipeline: 'gone', stage: 'gone' },
  { ...deal, id: 'D9', value: '1001', currency: 'JPY', probability: 50 },
];

describe('how likely a deal is', () => {
  const rows = (settings: Config) => {
    const state = stateOf(deals, settings);
    return { state, rows: state.table('deal').liveRows() };
  };

  test('is its own, else that of its stage; what is closed is sure', () => {
    const all = rows(likely);
    expect(all.rows.map(probabilityOf(all.state))).toEqual([
      40,
      12.5,
      Number.NaN,
      0,
      100,
      100,
      0,
      Number.NaN,
      50,
    ]);
    expect(ownProbability(all.state)?.get(all.rows[3]!)).toBe(0);
  });

  test('weighs its value, as money, half to even', () => {
    const all = rows(likely);
    expect(all.rows.map(weightedOf(all.state))).toEqual([
      '4.02',
      '1.26',
      '',
      '0.00',
      '10.05',
      '10.05',
      '0.00',
      '',
      '500',
    ]);
  });

  test('is not what a custom field of that name says', () => {
    const own = {
      ...likely,
      fields: { ...likely.fields, deal: [{ name: 'probability', type: 'number' as const }] },
    };
    const all = rows(own);
    expect(ownProbability(all.state)).toBeUndefined();
    expect(all.rows.map(probabilityOf(all.state))).toEqual([
      40,
      12.5,
      Number.NaN,
      40,
      Number.NaN,
      100,
      0,
      Number.NaN,
      40,
    ]);
  });

  test('is the outcome of a deal that is closed later, too', () => {
    const state = stateOf(deals.slice(0, 3), likely);
    const percent = probabilityOf(state);
    for (const [id, now] of [
      ['D1', 'won'],
      ['D2', 'lost'],
    ] as const)
      state.apply({ kind: 'deal', id, set: { status: ['open', now] } }, NOW, 1);
    expect(state.table('deal').liveRows().map(percent)).toEqual([100, 0, Number.NaN]);
  });

  test('can be asked for', () => {
    const { state } = rows(likely);
    const ask = (query: string) => found(state, 'deal', bind(query, 'deal', state));
    expect(ask('probability:40')).toBe('D1');
    expect(ask('probability:>=50')).toBe('D5 D6 D9');
    expect(ask('weighted:4.02')).toBe('D1');
    expect(ask('weighted:<2')).toBe('D2 D4 D7');
    expect(ask('no:weighted')).toBe('D3 D8');
    expect(ask('no:probability')).toBe('D3 D8');
  });
});

describe('a score', () => {
  const past = '2026-09-01T08:00:00.000Z';
  const adjustments = [
    { score: 'default', by: 0.1, at: past },
    { score: 'default', by: 0.2, at: NOW },
    { score: 'default', by: 7, at: '2026-09-15T08:00:00.000Z' },
    { score: 'other', by: 50, at: past, until: '2026-12-01T08:00:00.000Z' },
    { score: 'default', by: 4, at: past, until: '2026-09-14T08:00:00.001Z' },
    { score: 'default', by: 100, at: past, until: NOW },
  ];
  const record: Rec = { id: 'C1', name: 'Jane', adjustments };

  test('counts adjustments from when they were made until they expire, without binary fractions', () => {
    const state = stateOf([record, { id: 'C2', name: 'Tom' }]);
    const rows = state.table('contact').liveRows();
    expect(rows.map(scoreOf(scopeOf(state), 'contact', 'default'))).toEqual([4.3, 0]);
    expect(rows.map(scoreOf(scopeOf(state), 'contact', 'other'))).toEqual([50, 0]);
  });

  test('loses what expires, and only that', () => {
    const { record: kept, gone } = withoutExpiring(record, 'default', Date.parse(NOW));
    expect(gone).toBe(4);
    expect(kept).toEqual({ ...record, adjustments: adjustments.slice(0, 4) });
    expect(withoutExpiring({ id: 'C1' }, 'default', 0)).toEqual({
      record: { id: 'C1', adjustments: [] },
      gone: 0,
    });
  });

  test('gets one more adjustment, and forgets those that are over', () => {
    const more = { score: 'default', by: 1, at: NOW };
    expect(withAdjustment(record, more)).toEqual([...adjustments.slice(0, 5), more]);
    expect(withAdjustment({ id: 'C1' }, more)).toEqual([more]);
  });

  test('has a name: those of the settings for the kind, or the usual one', () => {
    expect([scoreNames(config, 'contact'), scoreNames(config, 'deal')]).toEqual([['default'], ['heat']]);
    expect([defaultScore(config, 'contact'), defaultScore(config, 'deal')]).toEqual(['default', 'heat']);
    const none = { ...config, scores: [] };
    expect([scoreNames(none, 'deal'), defaultScore(none, 'deal')]).toEqual([['default'], 'default']);
    const two = {
      ...config,
      scores: [
        { id: 'heat', for: 'deal' as const, rules: [] },
        { id: 'default', for: 'deal' as const, rules: [] },
      ],
    };
    expect(defaultScore(two, 'deal')).toBe('default');
    expect(['contact', 'deal', 'task', 'account'].map(kind => isScored(config.kinds, kind))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
