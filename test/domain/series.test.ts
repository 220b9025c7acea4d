import { expect, test } from 'vitest';
import { firstOf, series } from '../../src/domain/series.ts';

test('a series has "and" before its last text', () => {
  expect([series([]), series(['a']), series(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
});

test('the first texts are named, and the others are counted', () => {
  expect([firstOf([], 2), firstOf(['a', 'b'], 2), firstOf(['a', 'b', 'c'], 2)]).toEqual([
    '',
    'a, b',
    'a, b and 1 more',
  ]);
});
