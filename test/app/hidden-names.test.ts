import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HiddenNames } from '../../src/app/core/hidden-names.ts';
import type { Pipeline } from '../../src/domain/config.ts';

const pipeline = (id: string, name: string, ...stages: string[]): Pipeline => ({
  id,
  name,
  currency: 'EUR',
  assign: { by: 'none', among: [] },
  card: [],
  entry: stages[0] ?? '',
  requires: [],
  stages: stages.map(stage => ({ id: stage, name: stage })),
  transitions: [],
});

const names = new HiddenNames(
  [pipeline('bids', 'Bids (EU)', 'award', 'new')],
  [pipeline('sales', 'Sales', 'new')],
  [
    { id: 'mine', of: 'deals', query: 'owner:me @awards', line: 1 },
    { id: 'awards', of: 'deals', query: 'stage:award', line: 1 },
    { id: 'open', of: 'deals', query: 'is:open', line: 1 },
  ],
);

describe('finds settings that name something hidden', () => {
  test.each([
    ['bids', true],
    ['BIDS', true],
    ['bids/award', true],
    ['new', false],
    ['Call about bids', false],
    ['pipeline:bids is:open', true],
    ['not (is:won or stage:new,award)', true],
    ['closedStage:award', true],
    ['closed-stage:award', true],
    ['deal.pipeline:"bids (eu)"', true],
    ['tag:award', false],
    ['award', true],
    ['is:open award', false],
    ['stage:new', false],
    ['@awards', true],
    ['is:open @mine', true],
    ['@open', false],
    ["{% if deal.stage == 'award' %}x{% endif %}", true],
    ['{% if deal.stage == "new" %}x{% endif %}', false],
  ])('%j: %s', (text, expected) => {
    expect(names.inSetting({ a: [{ b: text }] })).toBe(expected);
  });
});

test('a text is rid of the names as whole words, whatever characters these have', () => {
  expect(names.redacted('from award to new: Bids (EU), awards, re-award')).toBe(
    'from (hidden) to new: (hidden), awards, re-award',
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (name, text) => {
      fc.pre(name.trim() !== '' && !'(hidden)'.includes(name.trim().toLowerCase()));
      const hidden = new HiddenNames([pipeline('zz', name)], [], []);
      expect(hidden.redacted(` ${name.trim()} `)).toBe(' (hidden) ');
      expect(hidden.inText(hidden.redacted(text))).toBe(false);
    }),
  );
});
