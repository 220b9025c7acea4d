/** How amounts and dates are read: what has one meaning is taken, what has none or two is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digitsOf, readMoney, readNumber } from '../../../src/app/import/amounts.ts';
import { dateReader } from '../../../src/app/import/date-texts.ts';
import { CrmError } from '../../../src/domain/errors.ts';
import { localeNamed } from '../../../src/domain/locales.ts';
import { zone } from '../../../src/domain/zone.ts';
import { NOW } from '../../harness.ts';

const outcome = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return `${error.message} | ${error.hint}`;
  }
};

const NBSP = '\u00a0';

describe('amounts', () => {
  test.each([
    ['1200', undefined, '1200.00'],
    ['1200.5', undefined, '1200.50'],
    ['10k', undefined, '10000.00'],
    ['1,234.56', undefined, '1234.56'],
    ['1.234,56', undefined, '1234.56'],
    ['1.234.567', undefined, '1234567.00'],
    ['1 234,56', undefined, '1234.56'],
    [`1${NBSP}234`, undefined, '1234.00'],
    ["1'234.50", undefined, '1234.50'],
    ['€ 12', undefined, '12.00'],
    ['12 EUR', undefined, '12.00'],
    ['1.234,56', 'nl', '1234.56'],
    ['€ 1.234', 'nl', '1234.00'],
    ['12,5', 'nl', '12.50'],
    ['40,000', 'en', '40000.00'],
    [`1${NBSP}234,5 €`, 'fr', '1234.50'],
    ["1'234.50", 'de-CH', '1234.50'],
    ['€ 1.2k', undefined, '1200.00'],
    ['1.2k EUR', undefined, '1200.00'],
    ['640,50', undefined, '640.50'],
    ['€ 18,200.00', undefined, '18200.00'],
  ])('%s in %s is %s', (text, locale, money) => {
    expect(readMoney(text, 'EUR', locale === undefined ? undefined : localeNamed(locale))).toBe(money);
  });

  test('of dollars', () => {
    expect(readMoney('$40,000', 'USD', localeNamed('en-US'))).toBe('40000.00');
    expect(readMoney('US$ 12', 'USD', undefined)).toBe('12.00');
    expect(readMoney('$40,000', 'USD', undefined)).toBe('40000.00');
    expect(readMoney('£2,400', 'GBP', undefined)).toBe('2400.00');
    expect(outcome(() => readMoney('$40.000', 'USD', undefined))).toMatch(/could be/);
  });

  test.each([
    ['1,234', undefined, /could be 1234 or 1\.234 .*--locale en .*--locale nl/],
    ['1.234', undefined, /could be 1234 or 1\.234 .*--locale nl/],
    ['12,5', undefined, /is not an amount .*--locale nl/],
    ['$40,000', undefined, /is not in EUR .*--set currency=USD/],
    ['(500)', undefined, /money is not negative/],
    ['-5', 'nl', /money is not negative/],
    ['€ -5', undefined, /money is not negative/],
    ['5-', undefined, /money is not negative/],
    ['1e5', undefined, /is not an amount/],
    ['1.23.456', undefined, /is not an amount/],
    ['1,23,456.00', undefined, /is not an amount/],
    ['1200.50', 'nl', /is not an amount in the locale nl/],
    ['ZZZ 5', undefined, /is not an amount/],
    ['abc', undefined, /is not an amount/],
    ['€', undefined, /is not an amount/],
  ])('%s in %s is refused', (text, locale, message) => {
    expect(
      outcome(() => readMoney(text, 'EUR', locale === undefined ? undefined : localeNamed(locale))),
    ).toMatch(message);
  });

  test('numbers may be negative or percentages', () => {
    expect(['-3', '(4)', '40%', '1,234.5'].map(text => readNumber(text, undefined))).toEqual([
      -3, -4, 40, 1234.5,
    ]);
    expect(readNumber('-1.234,5', localeNamed('de'))).toBe(-1234.5);
  });
});

test('an ISO day is read beside any format and in any locale', () => {
  const clock = { now: Date.parse(NOW), zone: zone('Europe/Amsterdam') };
  const formats = ['M/D/YYYY', 'DD-MM-YY', 'D.M.YYYY', 'YYYY/MM/DD', 'MM/DD/YY', undefined];
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40_000 }),
      fc.constantFrom(...formats),
      fc.constantFrom('nl', 'en-US', 'de', undefined),
      (n, format, locale) => {
        const iso = new Date(Date.UTC(1980, 0, 1 + n)).toISOString().slice(0, 10);
        const order = locale === undefined ? undefined : localeNamed(locale).order;
        expect(dateReader(clock, format, order).day(iso)).toBe(iso);
      },
    ),
  );
});

describe('dates', () => {
  const clock = { now: Date.parse(NOW), zone: zone('Europe/Amsterdam') };
  const reader = (how: { format?: string; locale?: string }) =>
    dateReader(clock, how.format, how.locale === undefined ? undefined : localeNamed(how.locale).order);

  test.each([
    ['2026-03-01', {}, '2026-03-01'],
    ['13/1/2026', {}, '2026-01-13'],
    ['3/13/2026', {}, '2026-03-13'],
    ['2/2/2026', {}, '2026-02-02'],
    ['2026.03.01.', {}, '2026-03-01'],
    ['3 Jan 2026', {}, '2026-01-03'],
    ['January 3, 2026', {}, '2026-01-03'],
    ['01/02/2026', { locale: 'nl' }, '2026-02-01'],
    ['01/02/2026', { locale: 'en-US' }, '2026-01-02'],
    ['1-2-26', { locale: 'nl' }, '2026-02-01'],
    ['3/1/2017', { format: 'M/D/YYYY' }, '2017-03-01'],
    ['3/1/2017, 2:30 PM', { format: 'M/D/YYYY' }, '2017-03-01'],
    ['2026-03-01T23:30:00Z', {}, '2026-03-02'],
    ['2026-01-13', { format: 'M/D/YYYY' }, '2026-01-13'],
    ['2026-01-13 10:00', { format: 'DD-MM-YY' }, '2026-01-13'],
    ['3 Dec 2024', { format: 'D-M-YYYY' }, '2024-12-03'],
    ['10/01/2025', { format: 'D-M-YYYY' }, '2025-01-10'],
    ['2026.10.15.', { format: 'YYYY.M.D' }, '2026-10-15'],
  ])('%s with %o is %s', (text, how, day) => {
    expect(reader(how).day(text)).toBe(day);
  });

  test.each([
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2026-07-01 14:30', '2026-07-01T12:30:00.000Z'],
    ['2026-07-01 14:30:05', '2026-07-01T12:30:05.000Z'],
    ['2026-07-01T14:30:05Z', '2026-07-01T14:30:05.000Z'],
    ['13/1/2026 12:05 AM', '2026-01-12T23:05:00.000Z'],
    ['13/1/2026 12:05 PM', '2026-01-13T11:05:00.000Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(reader({}).instant(text)).toBe(instant);
  });

  test.each([
    [
      '01/02/2026',
      {},
      /could be 2026-02-01 or 2026-01-02 .*--date-format D\/M\/YYYY or --date-format M\/D\/YYYY/,
    ],
    ['20-10-16', {}, /could be 2016-10-20 or 2020-10-16/],
    ['31/02/2026', {}, /is not a day/],
    ['13/13/2026', {}, /is not a day/],
    ['3/13/2026', { locale: 'nl' }, /not a date in the order of the locale/],
    ['01/02/2026', { locale: 'en' }, /could be/],
    ['13/13/2026', { format: 'M/D/YYYY' }, /is not a (date in the format|day)/],
    ['3 Jan', { format: 'M/D/YYYY' }, /is not a date in the format/],
    ['soon', {}, /is not a day .*--date-format/],
    ['2026-07-01 25:00', {}, /no time of day/],
  ])('%s with %o is refused', (text, how, message) => {
    expect(outcome(() => reader(how).day(text))).toMatch(message);
  });
});

test('an unknown locale is an error with the nearest one', () => {
  expect(outcome(() => localeNamed('dee'))).toMatch(/unknown locale "dee" \| did you mean de/);
});

test('a text that is far too long for an amount is none, and is not searched for its sign', () => {
  const text = `1${' '.repeat(100_000)}x`;
  expect(() => readMoney(text, 'EUR', undefined)).toThrow('is not an amount');
  expect(digitsOf(text)).toBeUndefined();
});
