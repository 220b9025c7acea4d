/** Days and periods of reports: around the changes of the clocks, in week 53, in leap years, in years that begin in April. */
import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

/** A workspace in Amsterdam with a deal won at each of these instants, for 1, 2, 4, ... */
async function wonAt(...instants: readonly string[]): Promise<TestWorkspace> {
  const ws = await workspace('sales');
  ws.now = '2031-01-01T12:00:00.000Z';
  const rows = instants.map((closedAt, i) =>
    JSON.stringify({
      title: closedAt,
      value: String(2 ** i),
      status: 'won',
      createdAt: '2025-01-01T00:00:00Z',
      closedAt,
    }),
  );
  await ws.ok('import deals - --format jsonl', { stdin: rows.join('\n') });
  return ws;
}

/** What was won in each period in which something was: `2026-Q1 3` for the first two of them. */
async function revenue(ws: TestWorkspace, line: string): Promise<string[]> {
  const { rows } = await ws.json<{ rows: { period: string; deals: number; value: string; query: string }[] }>(
    `report revenue ${line}`,
  );
  for (const { deals, query } of rows) {
    const listed = await ws.json<unknown[]>(['deal', 'list', query]);
    expect({ query, deals: listed.length }).toEqual({ query, deals });
  }
  return rows
    .filter(({ deals }) => deals > 0)
    .map(({ period, value }) => `${period} ${Number.parseInt(value, 10)}`);
}

test('quarters begin at midnight in Amsterdam, in summer two hours before UTC and in winter one', async () => {
  const ws = await wonAt(
    '2025-12-31T22:59:59.999Z',
    '2025-12-31T23:00:00.000Z',
    '2026-03-31T21:59:59.999Z',
    '2026-03-31T22:00:00.000Z',
    '2026-09-30T21:59:59.999Z',
    '2026-09-30T22:00:00.000Z',
  );
  expect(await revenue(ws, '--by quarter --from 2025Q4 --to 2026Q4')).toEqual([
    '2025-Q4 1',
    '2026-Q1 6',
    '2026-Q2 8',
    '2026-Q3 16',
    '2026-Q4 32',
  ]);
});

test('the days on which the clocks change have 23 and 25 hours', async () => {
  const ws = await wonAt(
    '2026-03-28T22:59:59.999Z',
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T21:59:59.999Z',
    '2026-03-29T22:00:00.000Z',
    '2026-10-24T21:59:59.999Z',
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T22:59:59.999Z',
    '2026-10-25T23:00:00.000Z',
  );
  expect(await revenue(ws, '--by day --from 2026-03-27 --to 2026-03-31')).toEqual([
    '2026-03-28 1',
    '2026-03-29 6',
    '2026-03-30 8',
  ]);
  expect(await revenue(ws, '--by day --from 2026-10-23 --to 2026-10-27')).toEqual([
    '2026-10-24 16',
    '2026-10-25 96',
    '2026-10-26 128',
  ]);
});

test('weeks are those of ISO 8601: 2026 has 53 of them, the last one reaches into January', async () => {
  const ws = await wonAt(
    '2026-12-27T12:00:00Z',
    '2026-12-28T12:00:00Z',
    '2027-01-03T12:00:00Z',
    '2027-01-04T12:00:00Z',
  );
  expect(await revenue(ws, '--by week --from 2026-12-21 --to 2027-01-10')).toEqual([
    '2026-W52 1',
    '2026-W53 6',
    '2027-W01 8',
  ]);
});

test('February of a leap year has 29 days, and is compared with 28', async () => {
  const ws = await wonAt('2027-02-28T12:00:00Z', '2028-02-29T12:00:00Z', '2029-02-28T12:00:00Z');
  const { rows } = await ws.json<{ rows: { period: string; value: string; yearBefore: string }[] }>(
    'report revenue --by month --from 2028-02-01 --to 2029-02-28',
  );
  const february = rows.filter(({ period }) => period.endsWith('-02'));
  expect(february.map(({ period, value, yearBefore }) => [period, value, yearBefore])).toEqual([
    ['2028-02', '2.00', '1.00'],
    ['2029-02', '4.00', '2.00'],
  ]);
  // Running: up to the 29th, beside all of February 2027.
  const running = await ws.json<{ rows: { value: string; yearBefore: string }[] }>(
    'report revenue --by month --from 2028-02-01 --to 2028-02-29 --now 2028-02-29T20:00:00Z',
  );
  expect(running.rows.map(({ value, yearBefore }) => [value, yearBefore])).toEqual([['2.00', '1.00']]);
});

test('with year-start: 4 quarters and years begin in April, in queries too', async () => {
  const ws = await wonAt(
    '2026-03-31T12:00:00Z',
    '2026-04-01T12:00:00Z',
    '2026-10-01T12:00:00Z',
    '2027-03-31T12:00:00Z',
    '2027-04-01T12:00:00Z',
  );
  const settings = join(ws.dir, 'crm.yaml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}year-start: 4\n`);
  expect(await revenue(ws, '--by quarter --from 2026-03-01 --to 2027-04-30')).toEqual([
    '2025-Q4 1',
    '2026-Q1 2',
    '2026-Q3 4',
    '2026-Q4 8',
    '2027-Q1 16',
  ]);
  expect(await revenue(ws, '--by year --from 2026-03-01 --to 2027-04-30')).toEqual([
    '2025 1',
    '2026 14',
    '2027 16',
  ]);
  expect(await revenue(ws, '--by quarter --from 2026Q3 --to 2026Q3')).toEqual(['2026-Q3 4']);
  expect(await ws.ok('deal list is:won closed:2026Q3 --fields title --format tsv')).toBe(
    '2026-10-01T12:00:00Z\n',
  );
});
