/** Long lists in parts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from '../../src/mcp/pages.ts';
import { runs } from '../effort.ts';

test('the pages of a list are the list, whatever fits in each', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 15_000 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      (sizes, limit) => {
        const all = sizes.map((size, id) => ({ id, text: 'x'.repeat(size) }));
        const met: number[] = [];
        let cursor: string | undefined;
        do {
          const page = pageOf({ query: 'is:open', limit, cursor });
          const { rows, next } = page.cut(all.slice(page.offset, page.offset + page.count));
          expect(rows.length).toBeLessThanOrEqual(limit);
          expect(rows.length > 0 || all.length === 0).toBe(true);
          expect(rows.length === 1 || JSON.stringify(rows).length < 42_000).toBe(true);
          met.push(...rows.map(({ id }) => id));
          cursor = next;
        } while (cursor !== undefined);
        expect(met).toEqual(all.map(({ id }) => id));
      },
    ),
    { numRuns: runs(20) },
  );
});

test('a cursor is for the call that it came from', () => {
  const page = pageOf({ query: 'is:open', limit: 1 });
  const { next } = page.cut([{ id: 1 }, { id: 2 }]);
  expect(pageOf({ query: 'is:open', limit: 5, cursor: next }).offset).toBe(1);
  for (const wrong of [
    { query: 'is:won', cursor: next },
    { cursor: next },
    { query: 'is:open', cursor: `${next} ` },
    { query: 'is:open', cursor: '-1-abc' },
    { query: 'is:open', cursor: 'x' },
    { query: 'is:open', cursor: '' },
  ])
    expect(() => pageOf(wrong)).toThrow('this cursor belongs to another call');
});
