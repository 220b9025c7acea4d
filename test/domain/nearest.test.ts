import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distance, nearest, suggestion } from '../../src/domain/nearest.ts';

const rules = ['lost-win-back', 'hot-lead-deal', 'request-follow-up', 'next-task', 'round-robin'];

describe('the nearest known word', () => {
  test.each([
    ['hot-lead-del', 'hot-lead-deal'],
    ['request', 'request-follow-up'],
    ['hot-leed', 'hot-lead-deal'],
    ['reqeust', 'request-follow-up'],
    ['HOT-LEED', 'hot-lead-deal'],
  ])('of %s is %s', (typed, meant) => {
    expect(nearest(typed, rules)).toBe(meant);
  });

  test('is one that is near as a whole rather than one that only begins like it', () => {
    expect(nearest('proposel', ['proposal-sent', 'proposals'])).toBe('proposals');
  });

  test.each(['hot', 'hto', 'teapot', 'round-of-golf', 'x'])(
    'of %s is none, where it is too far from all',
    typed => {
      expect(nearest(typed, ['lost-win-back', 'next-task', 'round-robin'])).toBeUndefined();
    },
  );

  test('of a short word is none that only begins a little like it', () => {
    expect(nearest('net', ['next-task'])).toBeUndefined();
    expect(nearest('ron', ['round-robin'])).toBeUndefined();
  });
});

describe('a suggestion', () => {
  const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i + 1}`);

  test.each([
    ['names the word that is near', 'propsal', ['proposal', 'won'], 'did you mean proposal?'],
    ['lists what there is where nothing is near', 'zzz', ['proposal', 'won'], 'stages: proposal, won'],
    ['is none where there is nothing', 'zzz', [], undefined],
    ['lists 20 words in full', 'zzz', words(20), `stages: ${words(20).join(', ')}`],
    ['cuts what is more', 'zzz', words(21), `stages: ${words(20).join(', ')}, ...`],
  ])('%s', (_, typed, known, said) => {
    expect(suggestion(typed, known, 'stages')).toBe(said);
  });
});

describe('the distance of two words', () => {
  test.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'xbc', 1],
    ['abc', 'abx', 1],
    ['abc', 'bc', 1],
    ['ab', 'ba', 1],
    ['abc', 'acb', 1],
    ['abcd', 'badc', 2],
    ['ba', 'xab', 2],
    ['abx', 'cay', 3],
    ['bxa', 'yba', 2],
    ['abab', 'baba', 2],
  ])('of %j and %j is %d, in both directions', (a, b, steps) => {
    expect([distance(a, b), distance(b, a)]).toEqual([steps, steps]);
  });

  test('is not changed by what stands before or after both (property)', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, word, (before, a, b, after) => {
        // Different ends around the same words are not left out beforehand.
        const far = distance(`x${a}x`, `y${b}y`) - 2;
        expect(distance(before + a + after, before + b + after)).toBe(far);
      }),
    );
  });
});

test.each([
  ['x', ['y', 'xy'], undefined],
  ['ab', ['ba'], 'ba'],
  ['ab', ['cd'], undefined],
  ['abc', ['acb', 'abd'], 'acb'],
])('of %j among %j the nearest is %j', (typed, words, found) => {
  expect(nearest(typed, words)).toBe(found);
});

test('a limited distance is exact up to the limit, and above the limit if the whole distance is (property)', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  fc.assert(
    fc.property(word, word, fc.nat(4), (a, b, most) => {
      const whole = distance(a, b);
      const limited = distance(a, b, most);
      if (whole <= most) expect(limited).toBe(whole);
      else expect(limited).toBeGreaterThan(most);
    }),
  );
});
