/** `crm report` as a whole: what it prints in each format, and what it says of what it cannot report. */
import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

type Cells = Record<string, string | number | null>;
interface Json {
  readonly rows: readonly Cells[];
  readonly total: readonly Cells[];
  readonly notes: readonly string[];
}

/** Deals of one pipeline in two currencies, as of 2026-09-14. */
const deals = copiesOf(async () => {
  const ws = await workspace('sales');
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz', '--role', 'manager']);
  const add = (title: string, ...options: string[]) => ws.ok(['deal', 'add', title, ...options]);
  await add('Chairs', '--value', '1000', '--close', '2026-09-20', '--owner', 'ana');
  await add('Tables', '--value', '2500.55', '--close', '2026-10-02', '--owner', 'none');
  await add('Desks', '--value', '300', '--close', '2026-09-01');
  await add('Lamps', '--value', '70');
  await add('Stools', '--value', '12', '--currency', 'USD', '--close', '2028-01-01');
  await add('Sofas', '--value', '5000', '--close', '2026-09-30');
  await ws.ok('deal win D6');
  return ws;
});

test('forecast counts open deals by expected close, beside won ones', async () => {
  const ws = await deals();
  const { rows, total } = await ws.json<Json>('report forecast');
  const some = rows.filter(row => row.deals !== 0 || row.wonDeals !== 0);
  expect(some.map(r => [r.period, r.currency, r.deals, r.value, r.weighted, r.wonDeals, r.wonValue])).toEqual(
    [
      ['overdue', 'EUR', 1, '300.00', '30.00', 0, '0.00'],
      ['2026-09', 'EUR', 1, '1000.00', '100.00', 1, '5000.00'],
      ['2026-10', 'EUR', 1, '2500.55', '250.06', 0, '0.00'],
      ['later', 'USD', 1, '12.00', '1.20', 0, '0.00'],
      ['undated', 'EUR', 1, '70.00', '7.00', 0, '0.00'],
    ],
  );
  expect(total.map(r => [r.currency, r.deals, r.value, r.weighted, r.wonValue])).toEqual([
    ['EUR', 4, '3870.55', '387.06', '5000.00'],
    ['USD', 1, '12.00', '1.20', '0.00'],
  ]);
  expect(new Set(rows.map(row => row.period)).size).toBe(15);
});

test.each([
  [['report', 'forcast'], 'unknown report "forcast"', 'did you mean forecast?'],
  [['report', 'forecast', '--by', 'moth'], '--by: unknown period "moth"', 'did you mean month?'],
  [['report', 'forecast', '--per', 'ower'], '--per: unknown group "ower"', 'did you mean owner?'],
  [['report', 'forecast', '--currency', 'GBP'], 'there is no rate for GBP', 'EUR'],
  [['report', 'pipeline', '--by', 'month'], '--by does not go with pipeline', 'it goes with forecast'],
  [['report', 'forecast', '--from', '2026-10-01', '--to', '2026-09-01'], '--from 2026-10-01 is after', ''],
  [['report', 'forecast', '--deals', 'overdu'], 'there is no row "overdu" in forecast', 'overdue?'],
  [['report', 'forecast', '--fields', 'valu'], 'unknown column "valu" of forecast', 'did you mean value?'],
])('%j is a usage error that says what would be right', async (args, message, hint) => {
  const ws = await deals();
  const { code, err, out } = await ws.crm(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(message);
  expect(err).toContain(hint);
});

test('a report of nothing is a sentence, not an empty chart', async () => {
  const ws = await workspace('sales');
  expect(await ws.ok('report forecast', { tty: 80 })).toContain('There are no open deals');
  expect(await ws.json<Json>('report forecast')).toMatchObject({ rows: [], total: [] });
});

test('deal list counts and sums any query by period and group', async () => {
  const ws = await deals();
  const list = async (args: string) =>
    (await ws.json<Cells[]>(`deal list ${args}`)).map(({ query, ...row }) => {
      expect(query).toBeTypeOf('string');
      return Object.values(row);
    });
  expect(await list('is:open --by month --sum value')).toEqual([
    ['2026-09', 'EUR', 2, '1300.00'],
    ['2026-10', 'EUR', 1, '2500.55'],
    ['2028-01', 'USD', 1, '12.00'],
    [null, 'EUR', 1, '70.00'],
  ]);
  expect(await list('--per owner --sum value,weighted')).toEqual([
    ['ana', 'EUR', 1, '1000.00', '100.00'],
    [null, 'EUR', 4, '7870.55', '5287.06'],
    [null, 'USD', 1, '12.00', '1.20'],
  ]);
  for (const row of await ws.json<Cells[]>('deal list --by quarter --per status'))
    expect((await ws.json<unknown[]>(['deal', 'list', row.query as string])).length).toBe(row.deals);
  expect(await ws.ok('deal list is:open --count')).toBe('5\n');
  expect(await ws.json('contact list --count')).toEqual({ count: 0 });
  expect((await ws.crm('deal list --sum vale')).err).toContain('did you mean value?');
  expect(await ws.ok('deal list --per owner --sum value', { tty: 80 })).toContain('total');
});

test('a user with a quota has an attainment, and coverage says what is missing', async () => {
  const ws = await deals();
  expect((await ws.crm('report coverage')).err).toContain('nobody has a quota');
  await ws.ok('user set ana quota.month=2000');
  const owners = (await ws.json<Json>('report owners --per owner')).rows.filter(row => row.owner === 'ana');
  expect(owners[0]).toMatchObject({ quota: '6000.00', attainment: 0, open: 1, winRate: null });
  const { rows } = await ws.json<Json>('report coverage');
  expect(rows[0]).toMatchObject({
    period: '2026-09',
    open: '1000.00',
    won: '5000.00',
    missing: '0.00',
    ratio: null,
  });
  expect(rows[1]).toMatchObject({ period: '2026-10', open: '2500.55', missing: '2000.00', ratio: 1.2503 });
});

test('attainment counts the won deals of users with a quota: of a user, a team and all', async () => {
  const ws = await deals();
  await ws.ok(['user', 'add', 'ben', '--name', 'Ben Bos']);
  await ws.ok('team add north ana ben');
  await ws.ok('user set ana quota.month=2000');
  for (const [title, value, owner] of [
    ['Beds', '1500', 'ana'],
    ['Rugs', '700', 'ben'],
  ] as const)
    await ws.ok(['deal', 'add', title, '--value', value, '--owner', owner, '--status', 'won']);
  // D6, won by nobody, is 5,000.
  const owners = await ws.json<Json>('report owners --from 2026-09-01 --to 2026-09-30');
  const said = (all: readonly Cells[], key: string) =>
    all.filter(row => row.currency === 'EUR').map(row => [row[key], row.quota, row.wonValue, row.attainment]);
  expect(said(owners.rows, 'owner')).toEqual([
    ['ana', '2000.00', '1500.00', 0.75],
    ['ben', null, '700.00', null],
    [null, null, '5000.00', null],
  ]);
  expect(said(owners.total, 'owner')).toEqual([[null, '2000.00', '7200.00', 0.75]]);
  expect(owners.notes).toContain('attainment counts what users with a quota won');
  const teams = await ws.json<Json>('report owners --per team --from 2026-09-01 --to 2026-09-30');
  expect(said(teams.rows, 'team')).toEqual([
    ['north', '2000.00', '2200.00', 0.75],
    [null, null, '5000.00', null],
  ]);
});
