import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Links } from '../../src/domain/links.ts';

test('know who points where, whatever changes (property)', () => {
  const targets = fc.uniqueArray(fc.nat(90), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(targets, { maxLength: 8 }),
      fc.array(fc.record({ row: fc.nat(12), targets, ask: fc.boolean() }), { maxLength: 20 }),
      (first, then) => {
        const pointing = first.map(list => [...list]);
        const links = new Links(
          (row, found) => pointing[row]!.forEach(found),
          () => pointing.length,
        );
        for (const { row, targets: now, ask } of then) {
          // Asked before a change, they follow it; else they are made when first asked.
          if (ask) links.count(0);
          const at = Math.min(row, pointing.length);
          pointing[at] = now;
          links.update(at);
        }
        for (const target of [...Array(100).keys(), 1e6]) {
          const expected = pointing.flatMap((list, row) => (list.includes(target) ? [row] : []));
          const found: number[] = [];
          const stopped = links.some(target, row => {
            found.push(row);
            return false;
          });
          expect(found.sort((a, b) => a - b)).toEqual(expected);
          expect(stopped).toBe(false);
          expect(links.count(target)).toBe(expected.length);
        }
      },
    ),
  );
});

test('stop at the first that is looked for', () => {
  const links = new Links(
    (_, found) => found(3),
    () => 5,
  );
  let asked = 0;
  expect(links.some(3, () => ++asked === 2)).toBe(true);
  expect(asked).toBe(2);
  expect(links.some(-1, () => true)).toBe(false);
});

test('a row may point to one target more than once', () => {
  let times = 2;
  const links = new Links(
    (row, found) => {
      if (row === 0) for (let i = 0; i < times; i++) found(7);
    },
    () => 1,
  );
  expect(links.count(7)).toBe(2);
  times = 1;
  links.update(0);
  expect(links.count(7)).toBe(1);
});

test('a target that comes back is found again once they are told to look anew', () => {
  let there = false;
  const links = new Links(
    (_, found) => {
      if (there) found(3);
    },
    () => 2,
  );
  expect(links.count(3)).toBe(0);
  there = true;
  links.invalidate();
  expect(links.count(3)).toBe(2);
});
