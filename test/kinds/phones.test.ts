/** Phone numbers: one number however it is typed. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cleanPhone,
  digitsIn,
  isCountry,
  isPhone,
  parsePhones,
  phoneCell,
  samePhone,
  wantedPhone,
} from '../../src/kinds/phones.ts';

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

describe('without a country', () => {
  test.each([
    ['12345', true],
    ['1234', false],
    [' (020) 555 ', true],
    ['tel:+31 20 555 1234', true],
    ['+31 20 555 1234', true],
    ['+1', false],
    ['my tel: 12345', false],
    ['12345a', false],
    ['a12345', false],
    ['12+345', false],
    ['', false],
    ['no number', false],
  ])('%j looks like a number: %s', (text, is) => expect(isPhone(text, undefined)).toBe(is));

  test.each([
    ['12345', '1-23-45', true],
    ['0031 20 555', '+31 20 555', true],
    ['12345 ext 7', '12345 x7', true],
    ['12345 ext 7', '12345', false],
    ['12345', '12346', false],
    ['ask Jane', 'ASK  jané', true],
    ['ask Jane', 'ask Tom', false],
    ['ask Jane', '12345', false],
    ['12345', 'ask Jane', false],
    ['same text x', 'same text x', true],
  ])('%j and %j are the same: %s', (a, b, are) => expect(samePhone(a, b, undefined)).toBe(are));

  test('a number is looked for by its last digits, with its extension if it has one', () => {
    expect(wantedPhone('1234', undefined)).toBeUndefined();
    expect(wantedPhone('Jane', undefined)).toBeUndefined();
    expect(wantedPhone('12345', undefined)!.lastDigits).toBe('12345');
    const wanted = wantedPhone('+31 20 555 1234', undefined)!;
    expect(wanted.lastDigits).toBe('5551234');
    expect(['+31205551234', '+31205551234 x5', '+31205551235', 'Jane', ''].map(wanted.is)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    const exact = wantedPhone('+31 20 555 1234 x5', undefined)!;
    expect(['+31205551234', '+31205551234 ext 5', '+31205551234 ext 6'].map(exact.is)).toEqual([
      false,
      true,
      false,
    ]);
  });
});

test('digits of other scripts are the digits that they are', () => {
  expect(
    ['\u0660\u0661\u0662', '\u06f3\u06f4\u06f5', '\u0966\u0967\u096f', '\uff11\uff12'].map(digitsIn),
  ).toEqual(['012', '345', '019', '12']);
});

test.each([
  [' +31 20-555 x7 ', '3120555'],
  ['ask  Jane', 'ask Jane'],
])('a column has the digits of %j, or its text: %j', (text, cell) => expect(phoneCell(text)).toBe(cell));

test('a list has each number once, and an extension is no number of its own', () => {
  expect(parsePhones('020 555 1234, 020-5551234;; 12345, ext 7 | 12345,  x 8 ::: ;ext=9', undefined)).toEqual(
    ['020 555 1234', '12345 ext 7', '12345 x 8', 'ext=9'],
  );
  expect(cleanPhone(' 1,2;3|4:::5\n6 ')).toBe('1 2 3 4 5 6');
  expect([isCountry('NL'), isCountry('XX')]).toEqual([true, false]);
});
