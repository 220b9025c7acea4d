/** Which score of which records `score-changes` compares, and when it fires. */
import { describe, expect, it } from 'vitest';
import type { Params, SubjectKind } from '../../src/domain/automation.ts';
import type { Config } from '../../src/domain/config.ts';
import { clockIn } from '../../src/domain/clock.ts';
import { scoreChanges } from '../../src/engine/triggers/score-changes.ts';
import { kindSeen } from '../../src/engine/triggers/trigger.ts';
import { wholeScope } from '../../src/query/whole-scope.ts';
import { Desk } from './desk.ts';
import { NOW, SETTINGS } from './swept.ts';

const configOf = (scores: string): Config => {
  const desk = Desk.make({ 'crm.yaml': SETTINGS.replace(/^scores:\n .*\n/m, scores) });
  desk.ok('task add Make');
  return desk.state.config;
};
const none = configOf('');
const contacts = configOf('scores:\n  heat: { for: contact, rules: [] }\n');
const both = configOf('scores:\n  size: { for: deal, rules: [] }\n  heat: { for: contact, rules: [] }\n');

describe('score-changes looks at', () => {
  it.each<[string, Params, SubjectKind, Config, string]>([
    ['the records of its rule', {}, 'deal', none, 'deal'],
    ['the records of its rule', {}, 'contact', none, 'contact'],
    ['contacts, if those of its rule have no scores', {}, 'task', none, 'contact'],
    ['contacts, if the only scores are of them', {}, 'deal', contacts, 'contact'],
    ['the records of its rule, if these have one', {}, 'deal', both, 'deal'],
    ['those of the score', { score: 'heat' }, 'deal', both, 'contact'],
    ['those of the score', { score: 'size' }, 'contact', both, 'deal'],
    ['those of the score', { score: 'size' }, 'task', both, 'deal'],
  ])('%s: %j in a rule for %s', (_, params, subject, config, kind) => {
    expect(kindSeen(scoreChanges, params, subject, config)).toBe(kind);
  });
});

/** Deals from D1 on, each with this many points. */
const scope = (points: readonly number[]) => {
  const desk = Desk.make({
    'crm.yaml': SETTINGS.replace(
      /^scores:\n .*\n/m,
      'scores:\n  size: { for: deal, rules: [] }\n  more: { for: deal, rules: [] }\n',
    ),
  });
  points.forEach((by, i) => {
    desk.ok(`deal add Deal${i}`);
    desk.ok(`score D${i + 1} ${by} --score size`);
    desk.ok(`score D${i + 1} ${100 + by} --score more`);
  });
  return wholeScope(desk.state, { ...clockIn(desk.state.config, 0), now: Date.parse(NOW) }, 'tester');
};

describe('score-changes holds for', () => {
  it.each<[Params, boolean[]]>([
    [{ reaches: 10 }, [false, true, true]],
    [{ 'falls-to': 10 }, [true, true, false]],
    [{ by: 10 }, [false, true, true]],
    [{ by: -10 }, [false, false, false]],
    [{ score: 'more', reaches: 110 }, [false, true, true]],
    [{ score: 'more', reaches: 10 }, [true, true, true]],
  ])('%j of 9, 10 and 11 points', (params, holds) => {
    const at = scope([9, 10, 11]);
    const { test } = scoreChanges.query(params, 'deal', at.state.config).bind(at);
    expect([0, 1, 2].map(row => test(row))).toEqual(holds);
  });
});

describe('score-changes measures', () => {
  const at = scope([9, 20]);
  const measure = (params: Params) => scoreChanges.measure!(params, 'deal', at.state.config);

  it.each<[Params, number[]]>([
    [{ by: 5 }, [9, 20]],
    [{ by: 5, score: 'more' }, [109, 120]],
  ])('%j: the points', (params, points) => {
    const of = measure(params)!.bind(at);
    expect([of(0), of(1)]).toEqual(points);
  });

  it('nothing where it looks for a bound', () => {
    expect([measure({ reaches: 5 }), measure({ 'falls-to': 5 })]).toEqual([undefined, undefined]);
  });

  it.each([
    [10, 0, 9, false],
    [10, 0, 10, true],
    [10, 5, 16, true],
    [10, 16, 5, false],
    [-10, 16, 6, true],
    [-10, 16, 7, false],
    [-10, 6, 16, false],
  ])('by %i from %i to %i: %s', (by, before, now, fires) => {
    expect(measure({ by })!.fires(before, now)).toBe(fires);
  });
});

it.each<[Params, string | undefined]>([
  [{}, 'score-changes needs one of reaches, falls-to and by'],
  [{ reaches: 1, by: 2 }, 'score-changes needs one of reaches, falls-to and by'],
  [{ reaches: 1, 'falls-to': 1 }, 'score-changes needs one of reaches, falls-to and by'],
  [{ by: 0 }, 'by: 0 is not a change'],
  [{ by: 1 }, undefined],
  [{ reaches: 0 }, undefined],
  [{ 'falls-to': 0 }, undefined],
])('the parameters %j: %s', (params, message) => {
  expect(scoreChanges.check!(params, 'deal', none)?.message).toBe(message);
  expect(scoreChanges.needsFormer!(params)).toBe('falls-to' in params);
});
