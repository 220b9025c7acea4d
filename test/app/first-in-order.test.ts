import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstInOrder } from '../../src/app/reading/first-in-order.ts';

test('the first in an order are those that sorting all of them puts first (property)', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5), { maxLength: 60 }),
      fc.option(fc.nat(70), { nil: undefined }),
      (of, most) => {
        const rows = of.map((_, row) => row);
        const order = (a: number, b: number) => of[a]! - of[b]!;
        expect(firstInOrder(rows, order, most)).toEqual([...rows].sort(order).slice(0, most));
        expect(rows).toEqual(of.map((_, row) => row));
      },
    ),
  );
});
