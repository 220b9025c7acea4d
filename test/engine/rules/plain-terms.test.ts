/** What a query asks for literally, and which effects of a step give it that. */
import { expect, test } from 'vitest';
import type { Kind } from '../../../src/domain/kinds.ts';
import type { Effect } from '../../../src/engine/effect.ts';
import { fieldsAdded, fieldsChanged, fieldsSet, isAsked, tagsNamed } from '../../../src/engine/effect.ts';
import { asksForClosed, makesTrue } from '../../../src/engine/rules/plain-terms.ts';

test.each<[unknown, boolean]>([
  ...['is:won', 'is:lost', 'status:won', 'status:lost', 'status:done'].flatMap(
    (term): [string, boolean][] => [
      [term, true],
      [`tag:x ${term} value:5`, true],
      [`${term}\ttag:x`, true],
      [`x${term}`, false],
      [`${term}x`, false],
      [`${term} or tag:x`, false],
      [`tag:x OR ${term}`, false],
      [`${term} tag:or order`, true],
    ],
  ),
  ['is:open', false],
  ['is:done', false],
  ['', false],
  [undefined, false],
  [['is:won'], false],
])('%j asks for what is closed: %s', (query, asks) => {
  expect(asksForClosed(query)).toBe(asks);
});

const sets = (fields: object, kind: Kind = 'deal') => ({ sets: kind, fields }) as Effect;
const tags = (names: unknown, isGone = false, kind: Kind = 'deal') =>
  ({ tags: kind, names, isGone }) as Effect;

test.each<[Effect, unknown, boolean]>([
  [sets({ stage: 'new' }), 'stage:new', true],
  [sets({ stage: 'new' }), 'is:open (stage:new)', true],
  [sets({ stage: 'new' }), 'stage:newer', false],
  [sets({ stage: 'new', value: 5 }), 'value:5', true],
  [sets({ stage: 'new' }), 'status:new', false],
  [sets({ status: 'won' }), 'is:won', true],
  [sets({ status: 'won' }), 'status:won', true],
  [sets({ stage: 'won' }), 'is:won', false],
  [sets({ tags: ['a', 'b'] }), 'tag:b', true],
  [sets({ tags: 'a, b' }), 'tag:b', true],
  [sets({ tags: ['a'] }), 'tag:b', false],
  [sets({ title: 'b' }), 'tag:b', false],
  [sets({ stage: 'new' }, 'task'), 'stage:new', false],
  [sets({}), 'stage:new', false],
  [tags('vip'), 'tag:vip', true],
  [tags(['x', 'vip']), 'is:open tag:vip', true],
  [tags('vip'), 'tag:x', false],
  [tags('vip', true), 'tag:vip', false],
  [tags('vip', false, 'contact'), 'tag:vip', false],
  [tags('vip'), undefined, false],
  [sets({ stage: 'new' }), undefined, false],
  [{ adds: 'deal', fields: { stage: 'new' } }, 'stage:new', false],
  [{ sends: 'email' }, 'tag:email', false],
])('%j makes %j true: %s', (effect, query, makes) => {
  expect(makesTrue(effect, query, 'deal')).toBe(makes);
});

test('the fields that an effect adds, changes, or sets either way', () => {
  const adds: Effect = { adds: 'deal', fields: { a: 1 } };
  const all = [adds, sets({ b: 2 }), tags('x')].flatMap(effect =>
    (['deal', 'task'] as const).map(kind =>
      [fieldsSet, fieldsAdded, fieldsChanged].map(of => of(effect, kind)),
    ),
  );
  const [a, b, no] = [{ a: 1 }, { b: 2 }, undefined];
  expect(all).toEqual([
    [a, a, no],
    [no, no, no],
    [b, no, b],
    [no, no, no],
    [no, no, no],
    [no, no, no],
  ]);
  expect([isAsked(undefined, 'x'), isAsked('x', 'x'), isAsked('y', 'x'), isAsked('y', undefined)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([tagsNamed('a'), tagsNamed(' a , b '), tagsNamed(['a, b', 'c'])]).toEqual([
    ['a'],
    ['a', 'b'],
    ['a', 'b', 'c'],
  ]);
});
