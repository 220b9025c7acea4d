import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../src/domain/records.ts';
import { merged } from '../../src/domain/three-way.ts';

test.each<[now: Json, from: Json, to: Json, becomes: Json | undefined]>([
  ['a', 'a', 'b', 'b'],
  ['b', 'a', 'b', 'b'],
  ['c', 'a', 'b', undefined],
  [null, 'a', 'b', undefined],
  [['a', 'c'], ['a'], ['a', 'b'], ['a', 'b', 'c']],
  [['c'], ['a'], null, ['c']],
  [null, ['a'], ['a', 'b'], ['b']],
  [['b', 'a', 'c'], ['a', 'b'], ['b', 'a'], undefined],
  ['text', ['a'], ['b'], undefined],
])('%j, by the step from %j to %j: %j', (now, from, to, becomes) => {
  expect(merged(now, from, to)?.value).toEqual(becomes);
});

const list = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 6 });

test('in lists, added items are there, removed items are not, and the rest is unchanged (property)', () => {
  fc.assert(
    fc.property(list, list, list, (now, from, to) => {
      const result = merged(now, from, to)?.value as string[] | undefined;
      const [gone, come] = [from.filter(x => !to.includes(x)), to.filter(x => !from.includes(x))];
      const others = (items: readonly string[]) =>
        items.filter(x => !gone.includes(x) && !come.includes(x)).sort();
      if (result) {
        expect(come.every(x => result.includes(x))).toBe(true);
        expect(gone.some(x => result.includes(x))).toBe(false);
        expect(others(result)).toEqual(others(now));
        if (now.join() === from.join()) expect(result).toEqual(to);
      } else expect([gone, come]).toEqual([[], []]);
    }),
  );
});
