/** What rows that point to a row add up to, found once for all that ask for the same. */
import { expect, test } from 'vitest';
import { type Sums, tallyOf } from '../../src/query/tally.ts';
import { Links } from '../../src/state/links.ts';

/** Counts the rows 0 and 1, which point to the row 2, as of an instant. */
function countsIn(links: Links): (instant: number) => Sums {
  return instant => ({ what: `rows ${instant}`, none: 0, parts: [{ links, add: n => n + 1 }] });
}

test('is shared by the last 32 questions about the same links, and is let go after them', () => {
  const links = new Links({
    targets: (row, found) => row < 2 && found(2),
    sources: (target, found) => target === 2 && [0, 1].forEach(found),
    each: found => {
      for (const row of [0, 1]) found(row, 2);
    },
  });
  const asOf = countsIn(links);
  const first = tallyOf(asOf(0))!;
  expect([...first().subarray(0, 3)]).toEqual([0, 0, 2]);
  for (let instant = 1; instant < 32; instant++) tallyOf(asOf(instant));
  expect(tallyOf(asOf(0))).toBe(first);
  for (let instant = 32; instant < 64; instant++) tallyOf(asOf(instant));
  expect(tallyOf(asOf(0))).not.toBe(first);
});
