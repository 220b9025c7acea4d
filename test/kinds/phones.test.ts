/** Phone numbers: one number however it is typed. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPhone, parsePhones, samePhone, wantedPhone } from '../../src/kinds/phones.ts';

/** Numbers of countries that write them differently: in full, and as typed at home. */
const numbers: readonly (readonly [string, string, string])[] = [
  ['US', '+12125551234', '2125551234'],
  ['NL', '+31612345678', '0612345678'],
  ['GB', '+442071838750', '02071838750'],
  ['DE', '+4930901820', '030901820'],
  ['IT', '+390612345678', '0612345678'],
  ['FR', '+33142685300', '0142685300'],
  ['AU', '+61293744000', '0293744000'],
];

/** Puts blanks, dots, hyphens, slashes and brackets between digits. */
const punctuated = (digits: string) =>
  fc
    .array(fc.constantFrom('', '', ' ', '-', '.', '/', '(', ')', '\u00a0', '\u2013'), {
      minLength: digits.length,
      maxLength: digits.length,
    })
    .map(between =>
      [...digits].map((digit, i) => (digit === '+' ? digit : `${between[i]}${digit}`)).join(''),
    );

describe.each(numbers)('in %s', (country, full, home) => {
  const typed = fc.oneof(punctuated(full), punctuated(home));

  test('a number is the same under any punctuation, with and without the country', () => {
    fc.assert(
      fc.property(typed, typed, (a, b) => {
        expect(samePhone(a, b, country)).toBe(true);
        expect(wantedPhone(a, country)!.is(b)).toBe(true);
        expect(isPhone(a, country)).toBe(true);
      }),
    );
  });

  test('another number is another', () => {
    const other = `${full.slice(0, -1)}${(Number(full.at(-1)) + 1) % 10}`;
    fc.assert(
      fc.property(typed, punctuated(other), (a, b) => {
        expect(samePhone(a, b, country)).toBe(false);
      }),
    );
  });
});

test('without a country, numbers are the same if their digits are', () => {
  fc.assert(
    fc.property(punctuated('2125551234'), punctuated('2125551234'), (a, b) => {
      expect(samePhone(a, b, undefined)).toBe(true);
    }),
  );
  expect(samePhone('0031 6 12345678', '+31612345678', undefined)).toBe(true);
  expect(samePhone('2125551234', '+12125551234', undefined)).toBe(false);
});

test.each([
  ['(212) 555-1234 ext. 5', '+1 212 555 1234 x5', true],
  ['(212) 555-1234 ext. 5', '+1 212 555 1234 x6', false],
  ['(212) 555-1234 ext. 5', '+1 212 555 1234', false],
  ['tel:+1-212-555-1234', '2125551234', true],
  ['+44 (0)20 7183 8750', '+442071838750', true],
  ['\uff0b\uff11 212 555 1234', '+12125551234', true],
  ['\u0662\u0661\u0662 555 1234', '212 555 1234', true],
  ['reception', 'Reception ', true],
  ['reception', '555', false],
])('%s and %s: %s', (a, b, same) => {
  expect(samePhone(a, b, 'US')).toBe(same);
  expect(samePhone(b, a, 'US')).toBe(same);
});

test('a number without an extension finds those with one', () => {
  expect(wantedPhone('212 555 1234', 'US')!.is('+1 (212) 555-1234 ext 7')).toBe(true);
  expect(wantedPhone('212 555 1234 x8', 'US')!.is('+1 (212) 555-1234 ext 7')).toBe(false);
});

test.each(['reception', '12', '1-800-FLOWERS', '020 / ask for Bo', '+1 2'])('%s is not a number', text => {
  expect(isPhone(text, 'US')).toBe(false);
});

test('a list has each number once, as it was first typed', () => {
  expect(parsePhones('(212) 555-1234, +12125551234; 0031 6 12345678\n212 555 1234, ext 5', 'US')).toEqual([
    '(212) 555-1234',
    '0031 6 12345678',
    '212 555 1234 ext 5',
  ]);
});
