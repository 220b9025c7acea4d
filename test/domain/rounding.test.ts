import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorOf, fractionOf, multiplied, over } from '../../src/domain/rounding.ts';

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
