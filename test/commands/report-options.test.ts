/** Reports of invoices and of work, of workspaces in which there is little to report, and what cannot be asked. */
import { describe, expect, test } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

type Cells = Readonly<Record<string, string | number | null>>;
interface Json {
  readonly rows: readonly Cells[];
  readonly total: readonly Cells[];
  readonly notes: readonly string[];
}

const on = (day: string) => ({ now: `2026-${day}T08:00:00Z` });
const ids = async (ws: TestWorkspace, line: string) =>
  (await ws.json<{ id: string }[]>(`report ${line} --fields id`)).map(({ id }) => id);

describe('crm report revenue', () => {
  const invoiced = copiesOf(async () => {
    const ws = await workspace('sales');
    await ws.ok('account add Acme');
    for (const title of ['Chairs', 'Tables', 'Lamps'])
      await ws.ok(`deal add ${title} --account Acme --value 1`, on('06-01'));
    const add = (amount: string, deal: string, issued: string, currency = 'EUR') =>
      ws.ok(
        `invoice add --account Acme --amount ${amount} --currency ${currency} --issued ${issued} ${deal}`.trim(),
        on('09-01'),
      );
    await add('100.10', '--deal D1', '2026-07-01');
    await add('200', '--deal D2', '2026-07-31');
    await add('5000', '--deal D3', '2026-07-31', 'JPY');
    await add('40', '', '2026-08-01');
    await ws.ok('invoice pay I1 2026-08-10', on('09-01'));
    await ws.ok('invoice pay I4 2026-09-02', on('09-03'));
    return ws;
  });
  const said = async (ws: TestWorkspace, line: string) =>
    (await ws.json<Json>(`report revenue --by month --from 2026-07 ${line}`)).rows
      .filter(({ deals }) => deals !== 0)
      .map(({ period, currency, deals, value }) => [period, currency, deals, value].join(' '));

  test('--invoiced goes by invoices issued, --paid by those paid, with or without a deal', async () => {
    const ws = await invoiced();
    expect(await said(ws, '--invoiced')).toEqual([
      '2026-07 EUR 2 300.10',
      '2026-07 JPY 1 5000',
      '2026-08 EUR 1 40.00',
    ]);
    expect(await said(ws, '--paid')).toEqual(['2026-08 EUR 1 100.10', '2026-09 EUR 1 40.00']);
    expect(await said(ws, '--invoiced title:Tables')).toEqual(['2026-07 EUR 1 200.00']);
    await ws.ok('config set rates.JPY=0.006');
    expect(await said(ws, '--invoiced --currency EUR')).toEqual([
      '2026-07 EUR 3 330.10',
      '2026-08 EUR 1 40.00',
    ]);
  });

  test('--deals lists the deals of the invoices of a row, in its currency', async () => {
    const ws = await invoiced();
    const july = 'revenue --by month --from 2026-07 --to 2026-07 --invoiced';
    expect(await ids(ws, `${july} --deals 1`)).toEqual(['D1', 'D2']);
    expect(await ids(ws, `${july} --deals 2`)).toEqual(['D3']);
  });

  test('refuses options that do not go together, and reports that nothing was invoiced', async () => {
    const ws = await invoiced();
    for (const [line, message] of [
      ['revenue --invoiced --paid', '--invoiced and --paid cannot be used together'],
      ['revenue --paid --per owner', '--per cannot be used with invoices'],
      ['forecast --paid', '--paid does not go with forecast'],
    ] as const) {
      const { code, err, out } = await ws.crm(`report ${line}`);
      expect({ line, code, out }).toEqual({ line, code: 2, out: '' });
      expect(err).toContain(message);
    }
    expect(await ws.ok('report revenue --invoiced --from 2025-01 --to 2025-02', { tty: 80 })).toContain(
      'Nothing was invoiced from 2025-01-01 to 2025-02-28.',
    );
  });
});

test('crm report activity counts activities, by period and user, and lists their deals', async () => {
  const ws = await workspace('sales');
  for (const user of ['ana', 'bob']) await ws.ok(['user', 'add', user, '--name', user.toUpperCase()]);
  await ws.ok('deal add Chairs --owner ana', on('08-01'));
  await ws.ok('deal add Tables --owner bob', on('08-01'));
  await ws.ok('contact add --name Jane', on('08-01'));
  await ws.ok('log call D1 Spoke --as ana', on('09-01'));
  await ws.ok('log email D1 Wrote --as ana', on('09-08'));
  await ws.ok('log call D2 Spoke --as ana', on('09-08'));
  await ws.ok('log meeting C1 Met --as bob', on('09-08'));
  await ws.ok('task add Offer --for D2 --assignee bob', on('09-08'));
  await ws.ok('task done T1', on('09-10'));
  const { rows, total, notes } = await ws.json<Json>('report activity', on('09-14'));
  const said = rows.map(row => Object.values(row).slice(0, 8).join(' '));
  expect(said).toEqual([
    // calls, emails, meetings, notes, tasks done, tasks added
    '2026-W36 ana 1 0 0 0 0 0',
    '2026-W37 ana 1 1 0 0 0 0',
    '2026-W37 bob 0 0 1 0 1 1',
  ]);
  expect(total).toEqual([
    { period: null, user: null, calls: 2, emails: 1, meetings: 1, notes: 0, tasksDone: 1, tasksAdded: 1 },
  ]);
  expect(notes[0]).toBe('days without contact, of open deals: median 6, longest 6 (D1)');
  expect(await ids(ws, 'activity --deals 2')).toEqual(['D1', 'D2']);
  expect(await ids(ws, 'activity --deals 3')).toEqual(['D2']);
  expect(
    await ws.ok('report activity --from 2026-01-01 --to 2026-01-31', { ...on('09-14'), tty: 80 }),
  ).toContain('Nothing was done from 2026-01-01 to 2026-01-31.');
});

test('crm report probability lists the decided deals that were ever in a stage', async () => {
  const ws = await workspace('sales');
  for (const title of ['Chairs', 'Tables', 'Lamps']) await ws.ok(`deal add ${title} --value 1`, on('08-01'));
  await ws.ok('deal move D1 D3 in-contact', on('08-02'));
  await ws.ok('deal win D1', on('08-03'));
  await ws.ok('deal lose D2', on('08-03'));
  expect(await ids(ws, 'probability --deals to-contact')).toEqual(['D1', 'D2']);
  expect(await ids(ws, 'probability --deals in-contact')).toEqual(['D1']);
  expect(await ids(ws, 'probability --deals follow-up')).toEqual([]);
});

const names = [
  'forecast',
  'funnel',
  'movement',
  'probability',
  'velocity',
  'pipeline',
  'owners',
  'losses',
  'revenue',
  'activity',
  'coverage',
];

describe('of little every report says something that people can read', () => {
  const little: readonly (readonly [string, readonly string[]])[] = [
    ['nothing', []],
    ['deals without a day', ['deal add Chairs --value 100', 'deal add Tables --value 0']],
    ['no deal that was closed', ['deal add Chairs --value 100 --close 2026-10-01']],
    [
      'deals for nothing',
      ['deal add Chairs --value 0', 'deal win D1', 'deal add Tables --value 0', 'deal lose D2'],
    ],
    ['a deal that is gone', ['deal add Chairs --value 5', 'deal rm D1']],
  ];
  test.each(little)('%s', async (_, lines) => {
    const ws = await workspace('sales');
    await ws.ok('user add ana --name Ana');
    await ws.ok('user set ana quota.month=100');
    for (const line of lines) await ws.ok(line);
    for (const name of names) {
      const table = await ws.ok(`report ${name}`, { tty: 80, env: { NO_COLOR: '1' } });
      expect({ name, table }).not.toMatchObject({ table: expect.stringMatching(/NaN|Infinity|undefined/) });
      // A heading alone says nothing.
      expect(table.trim().split('\n').length, name).toBeGreaterThan(1);
      const json = await ws.ok(`report ${name} --json`);
      expect({ name, json }).not.toMatchObject({ json: expect.stringMatching(/NaN|Infinity|undefined/) });
    }
  });

  test('nothing to report is a sentence', async () => {
    const ws = await workspace('sales');
    await ws.ok('deal add Chairs --value 100');
    for (const [name, sentence] of [
      ['losses', 'No deal was lost from 2026-07-01 to 2026-09-30.'],
      ['revenue', 'Nothing was won from 2025-09-01 to 2026-09-30.'],
      ['velocity', 'No deal was won or lost in these days.'],
      ['forecast', 'no open deal has an expected close: crm deal set ID close=DAY'],
    ] as const)
      expect(await ws.ok(`report ${name}`, { tty: 100, env: { NO_COLOR: '1' } })).toContain(sentence);
  });
});

test.each([
  ['report forecast --currency EURO', 2, '--currency: "EURO" is not a currency'],
  ['report forecast --currency CHF', 2, 'there is no rate for CHF'],
  ['report forecast --per vale', 2, '--per: unknown group "vale"'],
  ['report forecast --per closedAt', 2, '--per: closedAt is a day'],
  ['report forecast --by fortnight', 2, '--by: unknown period "fortnight"'],
  ['report forecast --from soon', 2, '--from'],
  ['report forecast --by day --from 2020-01-01 --to 2026-01-01', 2, 'more than 1000 periods by day'],
  ['report forecast --pipeline sale', 2, 'sale'],
  ['report forecast stage:nowhere', 2, 'nowhere'],
  ['report funnel --by month', 2, '--by does not go with funnel'],
  ['report movement --due someday', 2, '--due'],
  ['report forecast --sort valu', 2, '--sort: unknown column "valu" of forecast'],
  ['report forecast --limit x', 2, 'limit'],
  ['report coverage', 2, 'nobody has a quota to cover'],
  ['user set ghost quota.month=1000', 2, 'ghost'],
  ['user set ana quota.fortnight=1000', 2, 'quota'],
  ['config set rates.EURO=1', 2, 'EURO'],
])('crm %s is refused, and says what is wrong', async (line, code, message) => {
  const ws = await workspace('sales');
  await ws.ok('user add ana --name Ana');
  await ws.ok('deal add Chairs --value 100 --close 2026-10-01');
  const ran = await ws.crm(line);
  expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' });
  expect(ran.err).toContain(message);
  expect(ran.err).toMatch(/Hint: /);
});

test('a currency without a rate on the day is named, with the day', async () => {
  const ws = await workspace('sales');
  await ws.ok('deal add Chairs --value 100 --currency JPY --close 2026-10-01');
  await ws.ok('deal add Tables --value 1.234 --currency BHD --close 2026-10-01');
  await ws.ok('config set rates.BHD=2.455');
  expect(await ws.crm('report forecast --currency EUR')).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no rate for JPY'),
  });
  await ws.ok('config set rates.JPY=0.006');
  const { rows, notes } = await ws.json<Json>('report forecast --currency EUR --from 2026-10 --to 2026-10');
  // 100 x 0.006 + 1.234 x 2.455 = 0.60 + 3.03
  expect(rows.map(({ currency, deals, value }) => [currency, deals, value])).toEqual([['EUR', 2, '3.63']]);
  expect(notes).toContain('rates: 1 BHD = 2.455 EUR, 1 JPY = 0.006 EUR');
  const each = await ws.json<Json>('report forecast --from 2026-10 --to 2026-10');
  expect(each.rows.map(({ currency, value }) => [currency, value])).toEqual([
    ['BHD', '1.234'],
    ['JPY', '100'],
  ]);
});

test('a period among the words of a query that found nothing gets a hint about options', async () => {
  const ws = await workspace('sales');
  await ws.ok('deal add Chairs --value 100 --close 2026-10-01');
  for (const [line, message] of [
    [
      'report revenue this-quarter',
      'this-quarter was searched for in texts; as days it is --from this-quarter',
    ],
    ['report forecast nonsense', ''],
    ['report forecast Chairs', ''],
  ] as const) {
    const { code, err } = await ws.crm(line);
    expect({ line, code, isSaid: err.includes('was searched for') }).toEqual({
      line,
      code: 0,
      isSaid: message !== '',
    });
    expect(err).toContain(message);
  }
});
