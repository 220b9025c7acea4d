import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowsByHash } from '../../src/state/rows-by-hash.ts';

test('rows by hash are all rows of a text, each once, and hardly others (property)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.nat({ max: 300 })), { maxLength: 300, size: 'max' }),
      entries => {
        const rows = new RowsByHash();
        const texts = new Map<string, Set<number>>();
        for (const [text, row] of entries) {
          rows.add(text, row);
          texts.set(text, (texts.get(text) ?? new Set()).add(row));
        }
        for (const [text, known] of texts) {
          const found = rows.get(text);
          expect(new Set(found).size).toBe(found.length);
          expect([...known].filter(row => !found.includes(row))).toEqual([]);
        }
      },
    ),
  );
});

test('texts that are counted up have hashes of their own', () => {
  const rows = new RowsByHash();
  for (let n = 0; n < 20_000; n++) rows.add(`x${n}`, n);
  const others = Array.from({ length: 20_000 }, (_, n) => rows.get(`x${n}`).filter(row => row !== n));
  expect(others.filter(found => found.length > 0).length).toBeLessThan(10);
  // None is lost when there is more room.
  expect(others.flatMap((_, n) => (rows.get(`x${n}`).includes(n) ? [] : [n]))).toEqual([]);
  expect(rows.get('x20000')).toEqual([]);
});
