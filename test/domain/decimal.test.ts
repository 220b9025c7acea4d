import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactNumber, plainDecimal } from '../../src/domain/decimal.ts';

test.each<[string, number | undefined]>([
  ['12', 12],
  ['12.0', 12],
  ['-12.50', -12.5],
  ['+3', 3],
  ['007', 7],
  ['0.1', 0.1],
  ['-0', 0],
  ['1e3', 1000],
  ['9007199254740992', 2 ** 53],
  ['9007199254740993', undefined],
  ['9007199254740994', 2 ** 53 + 2],
  ['0.30000000000000004', 0.30000000000000004],
  ['0.30000000000000001', undefined],
  ['1e9999', undefined],
  ['1e-9999', undefined],
  ['', undefined],
  ['1.', undefined],
  ['0x1F', undefined],
  ['Infinity', undefined],
])('%j is the number %s', (text, number) => {
  expect(exactNumber(text)).toBe(number);
});

test('a number that JavaScript prints is exact, and printed without an exponent it is the same', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number => {
      expect(exactNumber(String(number))).toBe(number + 0);
      const plain = plainDecimal(number);
      expect(plain).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(plain)).toBe(number + 0);
    }),
    { numRuns: 1000 },
  );
});

test('an accepted text prints as it was typed, so no two different texts are one number', () => {
  const nearby = fc.tuple(
    fc.bigInt({ min: 0n, max: 2n ** 60n }),
    fc.nat({ max: 20 }),
    fc.integer({ min: -50, max: 50 }),
  );
  fc.assert(
    fc.property(nearby, ([whole, places, step]) => {
      const textOf = (units: bigint) => {
        const digits = String(units).padStart(places + 1, '0');
        return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
      };
      const [a, b] = [whole, whole + BigInt(step)].filter(units => units >= 0n).map(textOf);
      const number = exactNumber(a!);
      if (number === undefined) return;
      expect(plainDecimal(number)).toBe(a!.includes('.') ? a!.replace(/\.?0+$/, '') : a);
      if (b !== undefined && b !== a) expect(exactNumber(b)).not.toBe(number);
    }),
    { numRuns: 2000 },
  );
});
