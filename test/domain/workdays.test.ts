import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dayFromNumber } from '../../src/domain/dates.ts';
import { nextRepeat } from '../../src/domain/repeat.ts';
import { isHolidayText, isWorkday, MOST_HOLIDAYS } from '../../src/domain/workdays.ts';
import { zone } from '../../src/domain/zone.ts';
import { nextTime } from '../../src/engine/moments.ts';

const christmas = ['12-25', '12-26', '2026-12-28'];

test.each([
  ['2026-12-24', true], // Thursday
  ['2026-12-25', false],
  ['2026-12-27', false], // Sunday
  ['2026-12-28', false],
  ['2026-12-29', true],
  ['2027-12-28', true], // a holiday in 2026 alone
  ['2029-12-25', false], // every year
])('%s is a workday: %j', (day, is) => expect(isWorkday(day, christmas)).toBe(is));

test.each(['2026-12-25', '12-25', '02-29', '2028-02-29'])('%s is a holiday', text =>
  expect(isHolidayText(text)).toBe(true),
);

test.each(['2026-02-29', '2026-13-01', '02-30', '25-12', '25.12.', 'christmas', '', '2026-12'])(
  '%j is not a holiday',
  text => expect(isHolidayText(text)).toBe(false),
);

describe('what waits for workdays or comes again on them', () => {
  test.each([
    ['workdays', '2026-12-24', '2026-12-29'],
    ['first workday of month', '2026-12-15', '2027-01-04'],
    ['last workday of month', '2026-12-01', '2026-12-30'],
  ])('%s after %s: %s', (often, after, due) =>
    expect(nextRepeat(often, after, after, [...christmas, '01-01', '2026-12-31'])!.due).toBe(due),
  );

  test('holidays leave other days of the week alone', () => {
    const noon = Date.parse('2026-12-24T12:00:00Z');
    expect(nextTime(noon, '09:00', 'workdays', zone('UTC'), christmas)).toBe(
      Date.parse('2026-12-29T09:00:00Z'),
    );
    expect(nextTime(noon, '09:00', 'friday', zone('UTC'), christmas)).toBe(
      Date.parse('2026-12-25T09:00:00Z'),
    );
    expect(nextTime(noon, '09:00', undefined, zone('UTC'), christmas)).toBe(
      Date.parse('2026-12-25T09:00:00Z'),
    );
  });

  test('the next workday is the first one, whatever the holidays (property)', () => {
    const day = fc.integer({ min: 20_000, max: 22_000 }).map(dayFromNumber);
    fc.assert(
      fc.property(day, fc.array(day, { maxLength: MOST_HOLIDAYS }), (after, days) => {
        const holidays = days.map((each, i) => (i % 2 ? each : each.slice(5)));
        const { due } = nextRepeat('workdays', after, after, holidays)!;
        expect(isWorkday(due, holidays)).toBe(true);
        for (let each = addDays(after, 1); each < due; each = addDays(each, 1))
          expect(isWorkday(each, holidays)).toBe(false);
      }),
    );
  });
});
