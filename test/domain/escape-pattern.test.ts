import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapePattern } from '../../src/domain/escape-pattern.ts';

test.each(['', 'u', 'gu'])('an escaped text matches itself and nothing else, with the flags %j', flags => {
  const text = fc.string({ unit: fc.constantFrom(...'\\^$.*+?()[]{}|/-ab ü'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(new RegExp(`^${escapePattern(one)}$`, flags).test(other)).toBe(one === other);
      expect(new RegExp(`^${escapePattern(one)}$`, flags).test(one)).toBe(true);
    }),
  );
});
