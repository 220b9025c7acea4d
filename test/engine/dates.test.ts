/** Moments of dates: every year, by months and years of the calendar, at the time of a task; and how far explain sees. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMonths, DAY, dayFromNumber, dayNumber } from '../../src/domain/dates.ts';
import { zone } from '../../src/domain/zone.ts';
import {
  DateMoments,
  fromDate,
  momentFromDay,
  momentFromInstant,
  parseOffset,
} from '../../src/engine/moments.ts';

const day = fc.integer({ min: dayNumber('1930-01-01'), max: dayNumber('2060-12-31') });
const offset = fc.constantFrom(undefined, '-1mo', '+1mo', '-3d', '+2w', '-1y', '+18mo', '-6h', '+1y');
const at = fc.constantFrom(undefined, '09:00', '02:30');
const zones = fc.constantFrom('Europe/Amsterdam', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kolkata');

describe('the moments of a date', () => {
  test('are the same however time is divided, each once, and every year', () => {
    fc.assert(
      fc.property(
        day,
        offset,
        at,
        fc.constantFrom(undefined, 'year'),
        zones,
        fc.array(fc.integer({ min: 1, max: 500 * DAY }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (number, off, time, every, name, lengths, isDay) => {
          const place = zone(name);
          const from = fromDate({ offset: off, at: time, every });
          const moments = new DateMoments(from);
          const instant = number * DAY + 50_000_000;
          const moment = (years: number) =>
            isDay
              ? momentFromDay(number, from, place, undefined, years)
              : momentFromInstant(instant, from, place, years);
          const date = isDay ? number * DAY : instant;
          // All moments of two centuries, one by one.
          const all = Array.from({ length: every ? 200 : 1 }, (_, n) => moment(n));
          expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
          let after = number * DAY - 40 * DAY;
          for (const length of lengths) {
            const until = after + length;
            const expected = all.findLast(each => each > after && each <= until);
            expect(moments.last(date, moment, after, until)).toBe(expected);
            expect(moments.next(date, moment, after)).toBe(all.find(each => each > after));
            after = until;
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test.each([
    // [date, offset, years after, day of the moment]
    ['1996-02-29', undefined, 30, '2026-02-28'],
    ['1996-02-29', undefined, 32, '2028-02-29'],
    // Anchored to the first day: a month before the 29th is the 29th, also where the year has no 29 February.
    ['1996-02-29', '-1mo', 31, '2027-01-29'],
    ['2026-03-31', '-1mo', 0, '2026-02-28'],
    ['2026-01-31', '+1mo', 0, '2026-02-28'],
    ['2026-01-31', '+13mo', 0, '2027-02-28'],
    ['2028-02-29', '-1y', 0, '2027-02-28'],
    ['2028-02-29', '+1y', 0, '2029-02-28'],
    ['2026-05-31', '-3d', 1, '2027-05-28'],
  ])('of %s with %s, %i years after, is on %s', (date, off, years, expected) => {
    const place = zone('Europe/Amsterdam');
    const moment = momentFromDay(
      dayNumber(date),
      fromDate({ offset: off, every: 'year' }),
      place,
      undefined,
      years,
    );
    expect(place.day(moment)).toBe(expected);
    const instant = momentFromInstant(
      place.at(date, '17:45'),
      fromDate({ offset: off === '-3d' ? undefined : off }),
      place,
      years,
    );
    expect(instant).toBe(place.at(off === '-3d' ? '2027-05-31' : expected, '17:45'));
  });

  test('an offset of months follows the calendar, for every day', () => {
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom('-', '+', ''),
        (number, count, sign) => {
          const { months, days, ms } = parseOffset(`${sign}${count}mo`);
          expect([Math.abs(months), days, ms]).toEqual([count, 0, 0]);
          const utc = zone('UTC');
          const moment = momentFromDay(number, fromDate({ offset: `${sign}${count}mo` }), utc);
          expect(utc.day(moment)).toBe(addMonths(dayFromNumber(number), sign === '-' ? -count : count));
        },
      ),
    );
  });

  test('outside the calendar never come', () => {
    const utc = zone('UTC');
    for (const [date, off] of [
      ['9999-12-31', '+1y'],
      ['0001-01-01', '-1y'],
    ] as const) {
      const from = fromDate({ offset: off });
      const moment = (years: number) => momentFromDay(dayNumber(date), from, utc, undefined, years);
      expect(new DateMoments(from).next(dayNumber(date) * DAY, moment, 0)).toBeUndefined();
      expect(new DateMoments(from).last(dayNumber(date) * DAY, moment, 0, 100 * DAY)).toBeUndefined();
    }
  });

  test.each(['1m', '-', '1mo2d', 'mo', '1.5y', ''])('%j is not an offset', text =>
    expect(() => parseOffset(text)).toThrow('is not a distance in time'),
  );
});
