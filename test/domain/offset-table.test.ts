import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offsetTable, useOffsetTable, zone } from '../../src/domain/zone.ts';

const names = [
  'Europe/Amsterdam',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
];

/** How far clocks are ahead of UTC, straight from Node. */
function asked(name: string, instant: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find(p => p.type === type)!.value);
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
    instant
  );
}

test.each(names)('the table of %s agrees with Node, at any second from 1970 to 2100', name => {
  useOffsetTable(name, offsetTable(name));
  const known = zone(name);
  const seconds = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 - 1 });
  fc.assert(
    fc.property(seconds, second => {
      expect(known.wall(second * 1000) - second * 1000).toBe(asked(name, second * 1000));
    }),
    { numRuns: 300 },
  );
});

test('changes of the clock are at their second', () => {
  const { from, offset } = offsetTable('Europe/Amsterdam');
  const spring = from.indexOf(Date.parse('2026-03-29T01:00:00Z'));
  expect(spring).toBeGreaterThan(0);
  expect(offset.slice(spring - 1, spring + 2)).toEqual([3_600_000, 7_200_000, 3_600_000]);
  expect(from[spring + 1]).toBe(Date.parse('2026-10-25T01:00:00Z'));
});

test('a table is computed once, begins in 1970, and says each change', () => {
  const table = offsetTable('America/Sao_Paulo');
  expect(offsetTable('America/Sao_Paulo')).toBe(table);
  expect(table.from[0]).toBe(0);
  expect(table.from).toHaveLength(table.offset.length);
  expect(table.offset.slice(1).every((offset, i) => offset !== table.offset[i])).toBe(true);
});

test('outside of its years a table is not asked, and a zone that is known keeps what it has', () => {
  const odd = { from: [0, 1000], offset: [60_000, 120_000] };
  useOffsetTable('Asia/Dubai', odd);
  useOffsetTable('Asia/Dubai', { from: [0], offset: [0] });
  const end = Date.UTC(2100, 0, 1);
  const ahead = (instant: number) => zone('Asia/Dubai').wall(instant) - instant;
  expect([0, 999, 1000, end - 1].map(ahead)).toEqual([60_000, 60_000, 120_000, 120_000]);
  expect([end, -1].map(ahead)).toEqual([4 * 3_600_000, 4 * 3_600_000]);
});
