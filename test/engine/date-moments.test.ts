/** The moments of a date: once or every year, with an offset, found without trying every year. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY, dayNumber } from '../../src/domain/dates.ts';
import { zone } from '../../src/domain/zone.ts';
import { DateMoments, fromDate, momentFromDay, nextTime } from '../../src/engine/moments.ts';

const place = zone('Europe/Amsterdam');
const days = fc.integer({ min: dayNumber('1990-01-01'), max: dayNumber('2040-12-31') });
const offset = fc.constantFrom(undefined, '-3d', '+2w', '-1mo', '+11mo', '+1y', '-2y', '+40d');

test('the last moment of a span and the first one after a time are those that trying every year finds', () => {
  fc.assert(
    fc.property(
      days,
      offset,
      fc.boolean(),
      days,
      fc.integer({ min: 0, max: 800 }),
      (day, by, isYearly, begin, length) => {
        const from = fromDate({ ...(by && { offset: by }), ...(isYearly && { every: 'year' }) });
        const moments = new DateMoments(from);
        const moment = (years: number) => momentFromDay(day, from, place, undefined, years);
        const all = Array.from({ length: isYearly ? 60 : 1 }, (_, years) => moment(years));
        const [after, until] = [begin * DAY, (begin + length) * DAY];
        expect(moments.last(day * DAY, moment, after, until)).toBe(
          all.findLast(at => at > after && at <= until),
        );
        expect(moments.next(day * DAY, moment, after)).toBe(all.find(at => at > after));
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  ['2026-09-14T08:00Z', undefined, undefined, '2026-09-14T08:00:00.000Z'],
  ['2026-09-14T08:00Z', '09:00', undefined, '2026-09-15T07:00:00.000Z'],
  ['2026-09-14T07:00Z', '09:00', undefined, '2026-09-14T07:00:00.000Z'],
  ['2026-09-14T07:00:00.001Z', '09:00', undefined, '2026-09-15T07:00:00.000Z'],
  // On a later day it is midnight, on its own day the instant itself.
  ['2026-09-12T08:00Z', undefined, 'workdays', '2026-09-13T22:00:00.000Z'],
  ['2026-09-14T08:00Z', undefined, 'workdays', '2026-09-14T08:00:00.000Z'],
  ['2026-09-14T08:00Z', undefined, 'weekends', '2026-09-18T22:00:00.000Z'],
  ['2026-09-14T08:00Z', '09:00', 'monday', '2026-09-21T07:00:00.000Z'],
  ['2026-09-14T08:00Z', '09:00', 'sunday', '2026-09-20T07:00:00.000Z'],
])('from %s on, at %j on %j: %s', (from, at, on, expected) => {
  expect(new Date(nextTime(Date.parse(from), at, on, place, [] as never)).toISOString()).toBe(expected);
});
