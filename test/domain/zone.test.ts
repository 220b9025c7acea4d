import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, DAY, dayFromNumber } from '../../src/domain/dates.ts';
import { isZone, zone } from '../../src/domain/zone.ts';

const utc = (text: string) => Date.parse(text);
const iso = (instant: number) => new Date(instant).toISOString();

describe('days and midnights', () => {
  test.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z', 24],
    ['Europe/Amsterdam', '2026-03-28', '2026-03-27T23:00:00.000Z', 24],
    ['Europe/Amsterdam', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Amsterdam', '2026-03-30', '2026-03-29T22:00:00.000Z', 24],
    ['Europe/Amsterdam', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['Europe/Amsterdam', '2026-10-26', '2026-10-25T23:00:00.000Z', 24],
    ['Europe/Amsterdam', '2024-02-29', '2024-02-28T23:00:00.000Z', 24],
    ['Asia/Kathmandu', '2026-05-03', '2026-05-02T18:15:00.000Z', 24],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
    ['America/Sao_Paulo', '2017-10-15', '2017-10-15T03:00:00.000Z', 23], // no 00:00: clocks go on to 01:00
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00.000Z', 25], // at its end clocks go back to 23:00
    ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z', 23],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', 25], // 00:00 comes twice
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z', 24], // the day after the one left out
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z', 24],
  ])('in %s %s begins at %s and has %s hours', (name, day, begin, hours) => {
    const there = zone(name);
    const midnight = there.midnight(day);
    const end = there.midnight(addDays(day, 1));
    expect(iso(midnight)).toBe(begin);
    expect((end - midnight) / (DAY / 24)).toBe(hours);
    expect([midnight, end - 1, end].map(there.day)).toEqual([day, day, addDays(day, 1)]);
    expect(there.day(midnight - 1) < day).toBe(true);
  });

  test('a day that a zone left out has no length', () => {
    const apia = zone('Pacific/Apia');
    expect(apia.midnight('2011-12-30')).toBe(apia.midnight('2011-12-31'));
    expect(apia.day(apia.midnight('2011-12-30') - 1)).toBe('2011-12-29');
  });

  const names = [
    'UTC',
    'Europe/Amsterdam',
    'America/Sao_Paulo',
    'Asia/Kathmandu',
    'Asia/Beirut',
    'Pacific/Apia',
    'America/Los_Angeles',
  ];
  const instant = fc.integer({ min: utc('1990-01-01'), max: utc('2060-01-01') });

  test('the day is that of a wall calendar', () => {
    const walls = new Map(
      names.map(name => [
        name,
        new Intl.DateTimeFormat('en-US', {
          timeZone: name,
          year: 'numeric',
          month: '2-digit',
          day: '2-digit',
        }),
      ]),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), instant, (name, t) => {
        const part = Object.fromEntries(
          walls
            .get(name)!
            .formatToParts(t)
            .map(p => [p.type, p.value]),
        );
        expect(zone(name).day(t)).toBe(`${part.year}-${part.month}-${part.day}`);
      }),
      { numRuns: 1000 },
    );
  });

  test('an instant is within its day', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), instant, (name, t) => {
        const there = zone(name);
        const day = there.day(t);
        expect(there.midnight(day)).toBeLessThanOrEqual(t);
        expect(there.midnight(addDays(day, 1))).toBeGreaterThan(t);
      }),
    );
  });

  test('any day has a midnight, long ago and far ahead', () => {
    const amsterdam = zone('Europe/Amsterdam');
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }).map(dayFromNumber), day => {
        expect(amsterdam.day(amsterdam.midnight(day))).toBe(day);
      }),
    );
  });
});

describe('times', () => {
  test.each([
    ['UTC', '2026-05-03', '09:30', '2026-05-03T09:30:00.000Z'],
    ['Europe/Amsterdam', '2026-05-03', '09:30', '2026-05-03T07:30:00.000Z'],
    ['Europe/Amsterdam', '2026-03-29', '02:30', '2026-03-29T01:00:00.000Z'], // skipped: the end of the skip
    ['Europe/Amsterdam', '2026-03-29', '03:00', '2026-03-29T01:00:00.000Z'],
    ['Europe/Amsterdam', '2026-10-25', '02:30', '2026-10-25T00:30:00.000Z'], // twice: the first
    ['Europe/Amsterdam', '2026-10-25', '03:00', '2026-10-25T02:00:00.000Z'],
    ['America/Sao_Paulo', '2017-10-15', '00:30', '2017-10-15T03:00:00.000Z'],
    ['Asia/Kathmandu', '2026-05-03', '23:59', '2026-05-03T18:14:00.000Z'],
  ])('in %s %s %s is %s', (name, day, time, instant) => {
    expect(iso(zone(name).at(day, time))).toBe(instant);
  });

  test.each(['24:00', '9:30', '09:60', '', '09:30:00'])('%j is not a time', time => {
    expect(() => zone('UTC').at('2026-05-03', time)).toThrow(expect.objectContaining({ kind: 'USAGE' }));
  });
});

describe('names', () => {
  test('a zone is made once', () => {
    expect(zone('Asia/Tokyo')).toBe(zone('Asia/Tokyo'));
    expect(zone('Asia/Tokyo').name).toBe('Asia/Tokyo');
  });

  test.each(['Europe/Atlantis', '', '+05:30', 'constructor'])('%j is not a zone', name => {
    expect(isZone(name)).toBe(false);
    expect(() => zone(name).midnight('2026-05-03')).toThrow(
      expect.objectContaining({ kind: 'INVALID', message: `${JSON.stringify(name)} is not a time zone` }),
    );
  });

  test('old names still are zones', () => {
    expect(['UTC', 'US/Pacific', 'Asia/Calcutta', 'Europe/Amsterdam'].filter(isZone)).toHaveLength(4);
  });
});

describe('what clocks show', () => {
  const amsterdam = zone('Europe/Amsterdam');
  test.each([
    ['2026-05-03T09:30:00Z', ['2026-05-03T07:30:00.000Z'], '2026-05-03T07:30:00.000Z'],
    [
      '2026-10-25T02:30:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
      '2026-10-25T00:30:00.000Z',
    ],
    ['2026-10-25T03:00:00Z', ['2026-10-25T02:00:00.000Z'], '2026-10-25T02:00:00.000Z'],
    ['2026-03-29T02:30:00Z', [], '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T03:00:00Z', ['2026-03-29T01:00:00.000Z'], '2026-03-29T01:00:00.000Z'],
  ])('is %s at %j; otherwise at %s', (wall, instants, instant) => {
    expect(amsterdam.instants(utc(wall)).map(iso)).toEqual(instants);
    expect(iso(amsterdam.instant(utc(wall)))).toBe(instant);
    for (const each of amsterdam.instants(utc(wall))) expect(amsterdam.wall(each)).toBe(utc(wall));
  });

  test('has seconds in the local mean times of long ago', () => {
    expect(iso(zone('America/New_York').wall(utc('1850-01-01T00:00:00Z')))).toBe('1849-12-31T19:03:58.000Z');
  });

  test('is a time with nothing beside it', () => {
    for (const time of ['x09:30', '09:30 ', '19:300', '']) {
      const message = `${JSON.stringify(time)} is not a time of day`;
      expect(() => amsterdam.at('2026-05-03', time)).toThrow(
        expect.objectContaining({ kind: 'USAGE', message, hint: 'accepted: 00:00 to 23:59' }),
      );
    }
  });
});

test('a zone may be asked for twice, and its name may have a sign', () => {
  expect(['Etc/GMT+5', 'Etc/GMT+5'].map(isZone)).toEqual([true, true]);
  expect([zone('Etc/GMT+5'), zone('Etc/UTC'), zone('UTC')].map(each => each.wall(0))).toEqual([
    -18_000_000, 0, 0,
  ]);
});
