import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';

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
