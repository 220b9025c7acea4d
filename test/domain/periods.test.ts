import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keysByInstant } from '../../src/app/reports/period-keys.ts';
import { periodsIn } from '../../src/app/reports/span.ts';
import { clockIn } from '../../src/domain/clock.ts';
import { addDays } from '../../src/domain/dates.ts';
import { periodAfter, periodUnits, periodWith } from '../../src/domain/periods.ts';
import { LiveNumbers } from '../../src/state/columns/numbers.ts';

test.each([
  // A year has 53 weeks if its first or, in a leap year, its second day is a Thursday.
  ['2020-12-31', 'week', undefined, '2020-W53', '2020-12-28', '2021-01-03'],
  ['2021-01-03', 'week', undefined, '2020-W53', '2020-12-28', '2021-01-03'],
  ['2021-01-04', 'week', undefined, '2021-W01', '2021-01-04', '2021-01-10'],
  ['2026-12-31', 'week', undefined, '2026-W53', '2026-12-28', '2027-01-03'],
  ['2024-12-30', 'week', undefined, '2025-W01', '2024-12-30', '2025-01-05'],
  ['2024-02-29', 'month', undefined, '2024-02', '2024-02-01', '2024-02-29'],
  ['2026-02-10', 'month', undefined, '2026-02', '2026-02-01', '2026-02-28'],
  ['2024-02-29', 'quarter', undefined, '2024-Q1', '2024-01-01', '2024-03-31'],
  ['2026-03-31', 'quarter', 4, '2025-Q4', '2026-01-01', '2026-03-31'],
  ['2026-04-01', 'quarter', 4, '2026-Q1', '2026-04-01', '2026-06-30'],
  ['2024-02-29', 'year', 4, '2023', '2023-04-01', '2024-03-31'],
  ['2026-02-28', 'year', 3, '2025', '2025-03-01', '2026-02-28'],
  ['2026-12-31', 'year', undefined, '2026', '2026-01-01', '2026-12-31'],
] as const)('%s is in the %s (years begin in month %j) %s', (day, unit, yearStart, key, from, to) =>
  expect(periodWith(day, unit, yearStart)).toEqual({ key, from, to }),
);

const anyDay = fc.integer({ min: 0, max: 40_000 }).map(n => addDays('1990-01-01', n));

test('periods of a unit follow each other without a gap, each day in one, each with a name of its own', () => {
  fc.assert(
    fc.property(
      anyDay,
      fc.constantFrom(...periodUnits),
      fc.integer({ min: 1, max: 12 }),
      (day, unit, start) => {
        const period = periodWith(day, unit, start);
        expect(period.from <= day && day <= period.to).toBe(true);
        const next = periodAfter(day, unit, 1, start);
        expect(next.from).toBe(addDays(period.to, 1));
        expect(next.key > period.key).toBe(true);
        expect(periodWith(period.to, unit, start)).toEqual(period);
        expect(periodAfter(next.from, unit, -1, start)).toEqual(period);
      },
    ),
  );
});

describe('quarters in Amsterdam', () => {
  const clock = clockIn({ timezone: 'Europe/Amsterdam', dateOrder: 'DMY' }, Date.parse('2026-09-14'));
  const quarters = periodsIn({ from: '2026-01-01', to: '2026-12-31' }, 'quarter', clock);

  test.each([
    // In the second quarter clocks are two hours ahead of UTC, in the first and in the last one hour.
    ['2025-12-31T22:59:59.999Z', -1],
    ['2025-12-31T23:00:00.000Z', 0],
    ['2026-03-29T00:59:59.999Z', 0],
    ['2026-03-31T21:59:59.999Z', 0],
    ['2026-03-31T22:00:00.000Z', 1],
    ['2026-09-30T21:59:59.999Z', 2],
    ['2026-09-30T22:00:00.000Z', 3],
    ['2026-10-25T01:30:00.000Z', 3],
    ['2026-12-31T22:59:59.999Z', 3],
    ['2026-12-31T23:00:00.000Z', -1],
  ])('%s is in quarter %j of four', (time, place) => {
    const column = new LiveNumbers({ type: 'number', values: Float64Array.of(Date.parse(time), Number.NaN) });
    const keys = keysByInstant(quarters, column, clock);
    expect([keys.of(0), keys.of(1)]).toEqual([place, -1]);
    const filled = new Int32Array(2);
    keys.fill!(filled, Int32Array.of(1, 0));
    expect([...filled]).toEqual([-1, place]);
  });
});
