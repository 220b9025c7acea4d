import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  compileDateFormat,
  DAY,
  dayFromNumber,
  dayNumber,
  formatInstant,
  isDay,
  isDuration,
  durationText,
  parseDuration,
  parseInstant,
} from '../../src/domain/dates.ts';

const usageError = (like: { message?: unknown; hint?: unknown } = {}) =>
  expect.objectContaining({ kind: 'USAGE', ...like });
const number = fc.integer({ min: dayNumber('0001-01-01'), max: dayNumber('9999-12-31') });
const day = number.map(dayFromNumber);
/** Days from which a few centuries of arithmetic stay in the calendar. */
const modern = fc.integer({ min: dayNumber('1800-01-01'), max: dayNumber('2200-01-01') }).map(dayFromNumber);

describe('days', () => {
  test.each(['2026-12-01', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is one', text => {
    expect(isDay(text)).toBe(true);
  });

  test.each(
    ['2026-02-29', '1900-02-29', '2026-02-30', '2026-04-31', '2026-00-10', '2026-13-01', '2026-01-00'].concat(
      [
        '0000-01-01',
        '2026-1-1',
        '26-01-01',
        '20260101',
        '2026-01-01T00:00',
        ' 2026-01-01',
        '2026-01-01\n',
        '',
      ],
    ),
  )('%j is none', text => {
    expect(isDay(text)).toBe(false);
    expect(() => dayNumber(text)).toThrow(usageError({ message: `${JSON.stringify(text)} is not a day` }));
  });

  test('are counted from 1970-01-01', () => {
    expect(['1970-01-01', '1969-12-31', '2000-03-01', '2026-05-03'].map(dayNumber)).toEqual([
      0, -1, 11_017, 20_576,
    ]);
  });

  test('and their numbers are the same thing, in the same order', () => {
    fc.assert(
      fc.property(number, n => {
        expect(dayNumber(dayFromNumber(n))).toBe(n);
      }),
    );
    fc.assert(
      fc.property(day, day, (a, b) => {
        expect(a < b).toBe(dayNumber(a) < dayNumber(b));
      }),
    );
  });

  test('follow one another without a gap for four centuries', () => {
    const clock = new Date('1900-01-01T00:00:00Z');
    const wrong: string[] = [];
    for (let n = dayNumber('1900-01-01'); n < dayNumber('2300-01-01'); n++) {
      const expected = clock.toISOString().slice(0, 10);
      if (dayFromNumber(n) !== expected || dayNumber(expected) !== n) wrong.push(expected);
      clock.setUTCDate(clock.getUTCDate() + 1);
    }
    expect(wrong).toEqual([]);
    expect(clock.toISOString()).toBe('2300-01-01T00:00:00.000Z');
  });

  test('addDays goes there and back', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    fc.assert(
      fc.property(modern, fc.integer({ min: -99_999, max: 99_999 }), (a, n) => {
        expect(addDays(addDays(a, n), -n)).toBe(a);
      }),
    );
  });

  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-05-03', 0, '2026-05-03'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(addMonths(from, months)).toBe(to);
  });

  test('addMonths keeps the day of the month, or takes the last', () => {
    fc.assert(
      fc.property(modern, fc.integer({ min: -1200, max: 1200 }), (from, months) => {
        const to = addMonths(from, months);
        const lastOfMonth = addDays(to, 1).slice(8) === '01';
        expect(to.slice(8) === from.slice(8) || (lastOfMonth && to.slice(8) < from.slice(8))).toBe(true);
        const count = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
        expect(count(to) - count(from)).toBe(months);
      }),
    );
  });

  test('do not leave the calendar', () => {
    expect(() => addDays('9999-12-31', 1)).toThrow(usageError());
    expect(() => addDays('2026-01-01', Number.MAX_VALUE)).toThrow(usageError());
    expect(() => addMonths('0001-01-31', -1)).toThrow(usageError());
    expect(() => addMonths('2026-01-01', Number.MAX_VALUE)).toThrow(usageError());
  });
});

describe('instants', () => {
  test.each([
    ['2026-05-03T09:30:00.000Z', '2026-05-03T09:30:00.000Z'],
    ['2026-05-03T09:30Z', '2026-05-03T09:30:00.000Z'],
    ['2026-05-03t09:30:15z', '2026-05-03T09:30:15.000Z'],
    ['2026-05-03T09:30:15.5Z', '2026-05-03T09:30:15.500Z'],
    ['2026-05-03T09:30:15.123999Z', '2026-05-03T09:30:15.123Z'],
    ['2026-05-03T00:30+02:00', '2026-05-02T22:30:00.000Z'],
    ['2026-05-03T22:30:00-0530', '2026-05-04T04:00:00.000Z'],
    ['2026-05-03T00:30+02', '2026-05-02T22:30:00.000Z'],
    ['2024-02-29T00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(formatInstant(parseInstant(text)!)).toBe(instant);
  });

  test.each(
    ['2026-05-03', '2026-05-03T09:30', '2026-05-03 09:30Z', '2026-05-03T24:00Z', '2026-05-03T09:60Z'].concat(
      [
        '2026-02-30T09:30Z',
        '2026-05-03T09:30:60Z',
        '2026-05-03T9:30Z',
        'x2026-05-03T09:30Z',
        '2026-05-03T09:30+24:00',
      ],
      ['9999-12-31T23:59-14:00', '0001-01-01T00:00+01:00', '', 'now'],
    ),
  )('%j is none', text => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test('a printed duration reads back as the same, in text order', () => {
    const instant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(instant, t => {
        expect(parseInstant(formatInstant(t))).toBe(t);
      }),
    );
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        expect(formatInstant(a) < formatInstant(b)).toBe(a < b);
      }),
    );
  });

  test('an instant that could not be read again is not printed', () => {
    expect(() => formatInstant(253_402_300_800_000)).toThrow(usageError());
    expect(() => formatInstant(Number.NaN)).toThrow(usageError());
  });
});

describe('durations', () => {
  test.each([
    ['14d', 14 * DAY],
    ['2w', 14 * DAY],
    ['6h', DAY / 4],
    ['30min', DAY / 48],
    ['0d', 0],
    [' 1d ', DAY],
    ['3mo', 90 * DAY],
    ['1y', 365 * DAY],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(isDuration(text)).toBe(true);
  });

  test.each(['14', 'd', '-1d', '+1d', '1.5h', '1m', '1 d', '1D', '30s', '', '99999999999999w', '1d2h'])(
    '%j is none',
    text => {
      expect(isDuration(text)).toBe(false);
      expect(() => parseDuration(text)).toThrow(
        usageError({
          message: `${JSON.stringify(text)} is not a duration`,
          hint: 'accepted: 14d, 2w, 6h, 30min, 3mo (30 days each) or 1y (365 days)',
        }),
      );
    },
  );
});

describe('dates in an import', () => {
  test.each([
    ['M/D/YYYY', '3/7/2026', '2026-03-07'],
    ['M/D/YYYY', '12/31/2026', '2026-12-31'],
    ['M/D/YYYY', ' 03/07/2026 ', '2026-03-07'],
    ['DD-MM-YY', '07-03-26', '2026-03-07'],
    ['YYYY-MM-DD', '2024-02-29', '2024-02-29'],
    ['D.M.YYYY', '7.3.2026', '2026-03-07'],
    ['YYYYMMDD', '20260307', '2026-03-07'],
    ['D. M. YYYY', '7. 3. 2026', '2026-03-07'],
  ])('in %s, %s is %s', (format, text, expected) => {
    expect(compileDateFormat(format)(text)).toBe(expected);
  });

  test.each([
    ['M/D/YYYY', '31/12/2026', '12/31/2026'],
    ['M/D/YYYY', '2/30/2026', '12/31/2026'],
    ['M/D/YYYY', '3/7/26', '12/31/2026'],
    ['M/D/YYYY', '', '12/31/2026'],
    ['DD-MM-YY', '7-3-26', '31-12-26'],
    ['D.M.YYYY', '7-3-2026', '31.12.2026'],
    ['YYYY-MM-DD', '2026-03-07T00:00Z', '2026-12-31'],
  ])('in %s, %j is refused', (format, text, example) => {
    expect(() => compileDateFormat(format)(text)).toThrow(
      usageError({
        message: `${JSON.stringify(text)} is not a date in the format ${format}`,
        hint: `accepted: dates like ${example}`,
      }),
    );
  });

  test.each([
    '',
    'YYYY',
    'M/D',
    'M/D/M',
    'M/D/YYYY/D',
    'm/d/yyyy',
    'YYY-MM-DD',
    'MDYYYY',
    'DMMYYYY',
    'MMM D YYYY',
    'D de M de YYYY',
    'YYYY-MM-DDTHH',
  ])('%j is not a format', format => {
    expect(() => compileDateFormat(format)).toThrow(
      usageError({ message: `${JSON.stringify(format)} is not a date format` }),
    );
  });

  test('reads back any day it could have written', () => {
    const format = fc.constantFrom('M/D/YYYY', 'DD-MM-YYYY', 'YYYY.M.D', 'YYYYMMDD');
    fc.assert(
      fc.property(format, day, (shape, expected) => {
        const [year, month, date] = expected.split('-') as [string, string, string];
        const written = shape
          .replace('YYYY', year)
          .replace(/M+/, m => (m === 'M' ? String(Number(month)) : month))
          .replace(/D+/, d => (d === 'D' ? String(Number(date)) : date));
        expect(compileDateFormat(shape)(written)).toBe(expected);
      }),
    );
  });
});

test.each([
  [14 * 86_400_000, '14d'],
  [36 * 3_600_000, '36h'],
  [3_600_000, '1h'],
  [90 * 60_000, '90min'],
  [365 * 86_400_000, '365d'],
  [0, '0d'],
])('%d ms are said as %s, which is read again', (ms, text) => {
  expect(durationText(ms)).toBe(text);
  if (ms > 0) expect(parseDuration(text)).toBe(ms);
});
