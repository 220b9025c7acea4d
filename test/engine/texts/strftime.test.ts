/** Instants as text: what each part of a format means, and without its leading zero. */
import { expect, it, test } from 'vitest';
import { strftime } from '../../../src/engine/texts/strftime.ts';
import { zone } from '../../../src/domain/zone.ts';

const utc = zone('UTC');
const at = (instant: string) => Date.parse(instant);

it.each([
  ['%Y', '2006', '2006', '2040'],
  ['%y', '06', '6', '40'],
  ['%m', '01', '1', '11'],
  ['%B', 'January', 'January', 'November'],
  ['%b', 'Jan', 'Jan', 'Nov'],
  ['%d', '02', '2', '30'],
  ['%e', ' 2', '2', '30'],
  ['%A', 'Monday', 'Monday', 'Friday'],
  ['%a', 'Mon', 'Mon', 'Fri'],
  ['%H', '03', '3', '12'],
  ['%I', '03', '3', '12'],
  ['%l', ' 3', '3', '12'],
  ['%M', '04', '4', '45'],
  ['%S', '05', '5', '56'],
  ['%p', 'AM', 'AM', 'PM'],
  ['%P', 'am', 'am', 'pm'],
  ['%F', '2006-01-02', '2006-01-02', '2040-11-30'],
  ['%R', '03:04', '3:04', '12:45'],
  ['%T', '03:04:05', '3:04:05', '12:45:56'],
  ['%%', '%', '%', '%'],
])('%s: %j, with a dash %j; later %j', (part, early, bare, late) => {
  expect(strftime(at('2006-01-02T03:04:05Z'), part, utc)).toBe(early);
  expect(strftime(at('2006-01-02T03:04:05Z'), part.replace('%', '%-'), utc)).toBe(bare);
  expect(strftime(at('2040-11-30T12:45:56Z'), part, utc)).toBe(late);
});

test('twelve hours begin at twelve, morning and evening', () => {
  const hours = [0, 1, 11, 12, 13, 23].map(hour => strftime(hour * 3_600_000, '%I %l %p %P', utc));
  expect(hours).toEqual([
    '12 12 AM am',
    '01  1 AM am',
    '11 11 AM am',
    '12 12 PM pm',
    '01  1 PM pm',
    '11 11 PM pm',
  ]);
});

test('a dash leaves out one leading zero, and no more', () => {
  const midnight = '2000-01-01T00:00:00Z';
  expect(strftime(at(midnight), '%-H %-M %-S %-y %-I %-Y %-R %-T', utc)).toBe('0 0 0 0 12 2000 0:00 0:00:00');
});

test('a format keeps its other words, and is of the zone', () => {
  expect(strftime(at('2026-01-31T23:30:00Z'), 'on %-d %B, %H:%M!', zone('Europe/Amsterdam'))).toBe(
    'on 1 February, 00:30!',
  );
});

it.each(['%q', '%', '100%', '%-q', '%ü'])('%j has no meaning', format => {
  expect(() => strftime(0, format, utc)).toThrow(RangeError);
});
