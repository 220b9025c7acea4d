import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorOf, fractionOf, multiplied, multipliedExactly, over } from '../../src/domain/rounding.ts';

test.each([
  [1, '0.5', 0],
  [3, '0.5', 2],
  [5, '0.5', 2],
  [1, '0.51', 1],
  [250, '0.101', 25],
  [15, '0.1', 2],
  [25, '0.1', 2],
  [Number.MAX_SAFE_INTEGER, '0.5', '4503599627370496'],
  [Number.MAX_SAFE_INTEGER, '2', '18014398509481982'],
])('%j times %s is %j: half to even, exact', (units, rate, product) =>
  expect(BigInt(multiplied(units, factorOf(fractionOf(rate))))).toBe(BigInt(product)),
);

test('a product differs from the exact one by at most a half, and is even at a half', () => {
  const whole = fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.maxSafeNat());
  fc.assert(
    fc.property(
      whole,
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 1, max: 1000 }),
      (units, n, d) => {
        const factor = factorOf(over({ n: BigInt(n), d: 1n }, { n: BigInt(d), d: 1n }));
        const product = BigInt(multiplied(units, factor));
        const twice = 2n * (BigInt(units) * BigInt(n) - product * BigInt(d));
        expect(twice <= BigInt(d) && -twice <= BigInt(d)).toBe(true);
        if (twice === BigInt(d) || -twice === BigInt(d)) expect(product % 2n).toBe(0n);
      },
    ),
  );
});

test('beyond what a double holds, products are exact and rounded half to even', () => {
  const half = { n: 1n, d: 2n };
  expect([0n, 1n, 2n, 3n, 5n, 7n].map(units => multipliedExactly(units, half))).toEqual([
    0n,
    0n,
    1n,
    2n,
    2n,
    4n,
  ]);
  expect([1n, 2n, 3n, 4n].map(units => multipliedExactly(units, { n: 1n, d: 3n }))).toEqual([0n, 1n, 1n, 1n]);
  const large = 10n ** 20n;
  for (const fraction of [
    { n: large, d: 3n },
    { n: 2n, d: large },
    { n: large, d: large + 1n },
  ])
    for (const units of [0, 1, 2, 5_000_000_000])
      expect(BigInt(multiplied(units, factorOf(fraction)))).toBe(multipliedExactly(BigInt(units), fraction));
});
