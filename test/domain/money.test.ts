import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amount,
  convertMoney,
  decimals,
  fromMinorUnits,
  isCurrency,
  isMoney,
  minorUnits,
  parseMoney,
  sumMoney,
} from '../../src/domain/money.ts';

const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');
const units = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test('currencies are the codes of ISO 4217, in capitals', () => {
  for (const code of ['EUR', 'USD', 'JPY', 'XCG', 'ZWG', 'BGN']) expect(isCurrency(code), code).toBe(true);
  for (const code of ['eur', 'EU', 'EURO', 'XXX', 'XAU', '', 'R U', 'AED AFN'])
    expect(isCurrency(code), code).toBe(false);
});

test('has the decimals of the currency', () => {
  expect(['EUR', 'JPY', 'KWD', 'CLF'].map(decimals)).toEqual([2, 0, 3, 4]);
});

test('isMoney holds for stored amounts, and only for texts that are read as themselves (property)', () => {
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '9', '.', 'k', ' ', '-'), maxLength: 8 });
  const text = fc.oneof(
    digits,
    fc.tuple(currency, units).map(([code, n]) => fromMinorUnits(n, code)),
    fc
      .tuple(fc.nat(99_999), fc.constantFrom('', '.', '.5', '.50', '.500', '.5000'))
      .map(parts => parts.join('')),
  );
  fc.assert(
    fc.property(text, currency, (typed, code) => {
      if (isMoney(typed, code)) expect(fromMinorUnits(minorUnits(typed, code), code)).toBe(typed);
    }),
  );
  fc.assert(
    fc.property(fc.nat(), currency, (n, code) => {
      expect(isMoney(fromMinorUnits(n, code), code)).toBe(true);
    }),
  );
  expect(
    ['', '.50', '01.00', '1.0', '1', '1.000', '1 00', '1.00 '].map(each => isMoney(each, 'EUR')),
  ).toEqual(Array(8).fill(false));
});

describe('parseMoney', () => {
  test.each([
    ['1200', 'EUR', '1200.00'],
    ['1200.00', 'EUR', '1200.00'],
    ['1200.5', 'EUR', '1200.50'],
    [' 10k ', 'EUR', '10000.00'],
    ['1.5k', 'EUR', '1500.00'],
    ['1.23456k', 'EUR', '1234.56'],
    ['2m', 'EUR', '2000000.00'],
    ['2M', 'EUR', '2000000.00'],
    ['3K', 'EUR', '3000.00'],
    ['1.5K', 'KWD', '1500.000'],
    ['007', 'EUR', '7.00'],
    ['0', 'EUR', '0.00'],
    ['0.01', 'EUR', '0.01'],
    ['1200', 'JPY', '1200'],
    ['1.5k', 'JPY', '1500'],
    ['0', 'JPY', '0'],
    ['1.234', 'KWD', '1.234'],
    ['1', 'CLF', '1.0000'],
    ['90071992547409.91', 'EUR', '90071992547409.91'],
  ])('%s in %s is %s', (text, code, money) => {
    expect(parseMoney(text, code)).toBe(money);
  });

  test.each(
    [
      '',
      ' ',
      '12,5',
      '1,200.00',
      '1e5',
      '1.234',
      '1.230',
      '1.234567k',
      'NaN',
      'Infinity',
      '0x10',
      '.5',
      '5.',
      '1_000',
    ].concat(['+5', '1 200', '10kk', '10g', '€5', '١٢', '1.2.3', 'k']),
  )('refuses %j with what is accepted', text => {
    expect(() => parseMoney(text, 'EUR')).toThrow(
      expect.objectContaining({
        kind: 'USAGE',
        message: `${JSON.stringify(text)} is not an amount`,
        hint: 'accepted: 1200, 1200.00 or 10k (not negative, EUR has 2 decimals)',
      }),
    );
  });

  test('refuses decimals in a currency that has none', () => {
    expect(() => parseMoney('1.0', 'JPY')).toThrow(
      expect.objectContaining({ hint: 'accepted: 1200 or 10k (not negative, JPY has no decimals)' }),
    );
  });

  test('does not take a minus within a text for a negative amount', () => {
    for (const text of ['5-3', 'x -5'])
      expect(() => parseMoney(text, 'EUR')).toThrow(
        expect.objectContaining({ message: `${JSON.stringify(text)} is not an amount` }),
      );
  });

  test.each(['-5', ' -1.50', '-10k', '- 3', '\u22125'])('says that money is not negative to %j', text => {
    expect(() => parseMoney(text, 'EUR')).toThrow(
      expect.objectContaining({ kind: 'USAGE', message: `${JSON.stringify(text)}: money is not negative` }),
    );
  });

  test.each(['90071992547409.92', '999999999999m', '9'.repeat(400)])(
    'refuses %s, which is not exact any more',
    text => {
      expect(() => parseMoney(text, 'EUR')).toThrow(
        expect.objectContaining({
          kind: 'USAGE',
          message: `${JSON.stringify(text)} is too much money`,
          hint: 'the most is 90071992547409.91 EUR',
        }),
      );
    },
  );

  test('leaves its own output unchanged', () => {
    fc.assert(
      fc.property(units, currency, (n, code) => {
        const money = fromMinorUnits(n, code);
        expect(parseMoney(money, code)).toBe(money);
      }),
    );
  });
});

test('minor units and money are the same thing', () => {
  expect(minorUnits('12.34', 'EUR')).toBe(1234);
  expect(fromMinorUnits(5n, 'EUR')).toBe('0.05');
  fc.assert(
    fc.property(units, currency, (n, code) => {
      expect(minorUnits(fromMinorUnits(n, code), code)).toBe(n);
    }),
  );
});

test('minor units that are not money are a bug', () => {
  expect(() => fromMinorUnits(-1, 'EUR')).toThrow(new RangeError('money is not negative: -1'));
  expect(() => fromMinorUnits(1.5, 'EUR')).toThrow(RangeError);
});

describe('convertMoney', () => {
  test.each([
    ['1200.00', 'JPY', '1200'],
    ['1200.50', 'KWD', '1200.500'],
    ['1200', 'EUR', '1200.00'],
    ['0.5000', 'EUR', '0.50'],
    ['1.0500', 'EUR', '1.05'],
    ['10', 'JPY', '10'],
  ])('%s in %s is %s', (value, code, converted) => {
    expect(convertMoney(value, code)).toBe(converted);
  });

  test.each([
    ['1200.50', 'JPY', 'JPY has no decimals'],
    ['1.234', 'EUR', 'EUR has only 2 decimals'],
    ['1.2340', 'EUR', 'EUR has only 2 decimals'],
  ])('refuses %s in %s, which would lose a part of it', (value, code, message) => {
    expect(() => convertMoney(value, code)).toThrow(expect.objectContaining({ kind: 'USAGE', message }));
  });
});

test.each([
  ['0', undefined, '0'],
  ['999.50', undefined, '999.50'],
  ['1000', undefined, '1,000'],
  ['1234567.89', 'EUR', '1,234,567.89 EUR'],
  ['1234.5678', 'CLF', '1,234.5678 CLF'],
  ['1200', 'JPY', '1,200 JPY'],
])('for people, %s in %s is written as %s', (value, code, written) => {
  expect(amount(value, code)).toBe(written);
});

describe('sumMoney', () => {
  test('adds per currency, in order of code', () => {
    const sums = sumMoney([
      { value: '0.10', currency: 'USD' },
      { value: '5', currency: 'JPY' },
      { value: '0.20', currency: 'USD' },
      { value: '1.00', currency: 'EUR' },
    ]);
    expect([...sums]).toEqual([
      ['EUR', '1.00'],
      ['JPY', '5'],
      ['USD', '0.30'],
    ]);
  });

  test('is exact beyond safe integers, in any order', () => {
    const items = fc.array(fc.record({ n: units, currency }));
    fc.assert(
      fc.property(items, list => {
        const money = list.map(item => ({
          value: fromMinorUnits(item.n, item.currency),
          currency: item.currency,
        }));
        const exact = new Map<string, bigint>();
        for (const item of list) exact.set(item.currency, (exact.get(item.currency) ?? 0n) + BigInt(item.n));
        const sums = sumMoney(money);
        expect([...sums.keys()]).toEqual([...exact.keys()].sort());
        for (const [code, sum] of sums) expect(BigInt(sum.replace('.', ''))).toBe(exact.get(code));
        expect(sumMoney(money.toReversed())).toEqual(sums);
      }),
    );
  });
});
