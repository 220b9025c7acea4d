import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../effort.ts';
import {
  compareDecimals,
  exactNumber,
  isRounded,
  plainDecimal,
  requireExact,
} from '../../src/domain/decimal.ts';

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

test('decimals have the order of their values, to the last digit and however they are written', () => {
  const ascending = [
    ['-1e400'],
    ['-12.5', '-012.50'],
    ['-12'],
    ['-9'],
    ['-0.13'],
    ['-0.125'],
    ['-0.01'],
    ['0', '-0', '+0.00', '0e5'],
    ['0.001', '1e-3', '0.10e-2'],
    ['0.0011'],
    ['0.1'],
    ['1', '1.0', '01', '10e-1'],
    ['1.00000000000000000000001'],
    ['9'],
    ['10', '1e1'],
    ['12345678901234567890'],
    ['12345678901234567891'],
    ['1e400'],
  ];
  const all = ascending.flatMap((same, place) => same.map(text => ({ text, place })));
  const pairs = all.flatMap(a => all.map(b => [a, b] as const));
  const wrong = pairs.filter(
    ([a, b]) => Math.sign(compareDecimals(a.text, b.text)) !== Math.sign(a.place - b.place),
  );
  expect(wrong).toEqual([]);
});

test('what is not a decimal has no order', () => {
  for (const text of ['', 'x', '1,5', '1.', '.5', ' 1', '1 ', 'NaN', '1e', '1e1.5'])
    expect([compareDecimals(text, '1'), compareDecimals('1', text)]).toEqual([Number.NaN, Number.NaN]);
});

test('a decimal that a double would round is refused where it must be exact', () => {
  const usageError = (said: string) =>
    expect.objectContaining({
      kind: 'USAGE',
      message: `${JSON.stringify(said)} has more digits than a number can keep`,
      hint: 'numbers keep 15 digits, texts keep all of them',
    });
  const long = '1'.repeat(61);
  expect(['0.1', '9007199254740993', '1e999', 'x', '1.x'].map(isRounded)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(requireExact('0.1')).toBe(0.1);
  expect(() => requireExact('9007199254740993')).toThrow(usageError('9007199254740993'));
  expect(() => requireExact('9007199254740993', '9,007,199,254,740,993')).toThrow(
    usageError('9,007,199,254,740,993'),
  );
  expect(() => requireExact(long.slice(1))).toThrow(usageError(long.slice(1)));
  expect(() => requireExact(long)).toThrow(usageError(`${long.slice(1)}...`));
});

test('without an exponent, a number is as JavaScript says it, or has its zeros', () => {
  const all = [1e21, -1.5e21, 1.25e25, 1e-7, -1.5e-7, 0.1, -0, Number.NaN, Number.POSITIVE_INFINITY];
  expect(all.map(plainDecimal)).toEqual([
    '1000000000000000000000',
    '-1500000000000000000000',
    '12500000000000000000000000',
    '0.0000001',
    '-0.00000015',
    '0.1',
    '0',
    'NaN',
    'Infinity',
  ]);
});

test('a number is exact if it is printed as the same decimal, however many digits and zeros it has (property)', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 12 });
  const text = fc
    .tuple(fc.constantFrom('', '-', '+'), digits, fc.option(digits))
    .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`);
  fc.assert(
    fc.property(text, text => {
      const number = Number(text);
      const isSame = compareDecimals(text, String(number)) === 0;
      expect(exactNumber(text)).toBe(isSame ? number + 0 : undefined);
    }),
    { numRuns: runs(500) },
  );
});
