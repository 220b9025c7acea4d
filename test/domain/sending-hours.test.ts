/** When the hours come in which mails may leave, wherever the recipient lives. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextSending, parseSendingHours } from '../../src/domain/sending-hours.ts';
import { isWorkday } from '../../src/domain/workdays.ts';
import { zone } from '../../src/domain/zone.ts';

const next = (hours: string, at: string, place = 'Europe/Amsterdam', holidays: string[] = []) =>
  new Date(nextSending(parseSendingHours(hours), Date.parse(at), zone(place), holidays)).toISOString();

test.each([
  [
    'within',
    'workdays 08:00-18:00',
    '2026-09-14T08:00:00Z',
    'Europe/Amsterdam',
    [],
    '2026-09-14T08:00:00.000Z',
  ],
  [
    'before',
    'workdays 08:00-18:00',
    '2026-09-14T04:00:00Z',
    'Europe/Amsterdam',
    [],
    '2026-09-14T06:00:00.000Z',
  ],
  [
    'at the end',
    'workdays 08:00-18:00',
    '2026-09-14T16:00:00Z',
    'Europe/Amsterdam',
    [],
    '2026-09-15T06:00:00.000Z',
  ],
  [
    'on Friday evening',
    'workdays 08:00-18:00',
    '2026-09-18T17:00:00Z',
    'Europe/Amsterdam',
    [],
    '2026-09-21T06:00:00.000Z',
  ],
  ['on all days', '08:00-18:00', '2026-09-18T17:00:00Z', 'Europe/Amsterdam', [], '2026-09-19T06:00:00.000Z'],
  [
    'before a holiday',
    'workdays 08:00-18:00',
    '2026-12-24T18:00:00Z',
    'Europe/Amsterdam',
    ['12-25'],
    '2026-12-28T07:00:00.000Z',
  ],
  [
    'far away',
    'workdays 08:00-18:00',
    '2026-09-14T08:00:00Z',
    'America/New_York',
    [],
    '2026-09-14T12:00:00.000Z',
  ],
  [
    'until midnight',
    'days 20:00-24:00',
    '2026-09-14T21:59:00Z',
    'Europe/Amsterdam',
    [],
    '2026-09-14T21:59:00.000Z',
  ],
  [
    'in the hour that clocks skip',
    'days 02:00-03:30',
    '2026-03-29T00:00:00Z',
    'Europe/Amsterdam',
    [],
    '2026-03-29T01:00:00.000Z',
  ],
])('%s', (_, hours, at, place, holidays, expected) => {
  expect(next(hours, at, place, holidays)).toBe(expected);
});

test('it is never earlier, lies in the hours, and is reached once', () => {
  const instants = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2028-01-01') });
  const place = zone('Europe/Amsterdam');
  const hours = parseSendingHours('workdays 08:00-18:00');
  fc.assert(
    fc.property(instants, instant => {
      const at = nextSending(hours, instant, place, ['12-25']);
      expect(at).toBeGreaterThanOrEqual(instant);
      expect(isWorkday(place.day(at), ['12-25'])).toBe(true);
      const minutes = ((place.wall(at) % 86_400_000) + 86_400_000) % 86_400_000;
      expect(minutes >= 8 * 3_600_000 && minutes < 18 * 3_600_000).toBe(true);
      expect(nextSending(hours, at, place, ['12-25'])).toBe(at);
    }),
  );
});

test.each([
  [' workdays  08:05 - 18:30 ', { isWorkdaysOnly: true, from: 485, until: 1110 }],
  ['days 00:00-24:00', { isWorkdaysOnly: false, from: 0, until: 1440 }],
  ['08:00-08:01', { isWorkdaysOnly: false, from: 480, until: 481 }],
])('%j are the hours %j', (text, hours) => expect(parseSendingHours(text)).toEqual(hours));

test.each([
  '',
  '08:00',
  '8:00-18:00',
  'x 08:00-18:00',
  'days08:00-18:00',
  '08:00-18:00 days',
  '08:60-18:00',
  '08:00-18:60',
  '08:00-24:01',
  '08:00-08:00',
  '18:00-08:00',
  '24:00-25:00',
  '08:75-10:00',
])('%j are no hours', text => {
  expect(() => parseSendingHours(text)).toThrow(
    expect.objectContaining({
      kind: 'USAGE',
      message: `${JSON.stringify(text)} does not say when e-mails may be sent`,
      hint: 'accepted: workdays 08:00-18:00, or days 08:00-22:00; the end after the beginning',
    }),
  );
});
