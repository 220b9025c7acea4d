/** When two outcomes are the same though time has passed between them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAlike, likenessOf } from '../../src/mcp/likeness.ts';

const hash = (text: string) => text;
const iso = (instant: number) => new Date(instant).toISOString();
const like = (changes: Parameters<typeof likenessOf>[0], at: number) => likenessOf(changes, at, hash);
const at = 1_789_372_800_000;

test('they are where instants stay, or move as far as the decision did, and nowhere else', () => {
  const instants = fc.array(
    fc.record({ fixed: fc.boolean(), offset: fc.integer({ min: -1e9, max: 1e9 }), text: fc.string() }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(instants, fc.integer({ min: 1, max: 600_000 }), fc.nat(), (parts, later, which) => {
      const decided = (now: number, moved = -1) =>
        like(
          parts.map(({ fixed, offset, text }, i) => [
            text,
            iso((fixed ? at : now) + offset + (i === moved ? 700_000 : 0)),
          ]),
          now,
        );
      expect(isAlike(decided(at), decided(at + later))).toBe(true);
      expect(isAlike(decided(at), decided(at + later, which % parts.length))).toBe(false);
      expect(isAlike(decided(at), like([...parts.map(({ text }) => text)], at))).toBe(false);
    }),
  );
});

test.each([
  [iso(at), 'now'],
  [
    [iso(at), 'instant'],
    ['instant', iso(at)],
  ],
  [iso(at), `${iso(at)} `],
  [iso(at), iso(at).slice(0, 10)],
  [{ a: iso(at) }, { b: iso(at) }],
  [[iso(at)], [iso(at), iso(at)]],
])('%j is not like %j', (one, other) => {
  expect(isAlike(like(one, at), like(other, at + 1000))).toBe(false);
  expect(isAlike(like(other, at), like(one, at + 1000))).toBe(false);
});
