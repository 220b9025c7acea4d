import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { headOf } from '../../src/store/caches/text-cache.ts';
import { copiesOf, emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';

interface Status {
  readonly deals: Record<'open' | 'won' | 'lost', { count: number; sums: Record<string, string> }> & {
    readonly rotting: number;
    readonly withoutNextAction: number;
    readonly pastClose: number;
  };
  readonly tasks: Record<string, number>;
  readonly assigned: { readonly since: string; readonly deals: string[]; readonly tasks: string[] };
  readonly month: { readonly period: string; readonly currencies: Record<string, Record<string, unknown>> };
  readonly enrolments: { readonly failed: number; readonly waiting: number };
  readonly messages: Record<string, number>;
  readonly transactions: number;
  readonly sweep: { readonly at: string | null; readonly unseen: number };
}

const aWeekIn = copiesOf(async () => {
  const ws = await workspace('sales', '--name', 'Acme 家具');
  writeFileSync(
    join(ws.dir, 'pipelines/sales.yaml'),
    'name: Sales\nstages:\n  - { id: new, name: New, rotting: 7d }\n  - { id: old, name: Old }\n',
  );
  const before = { now: '2026-09-01T08:00:00Z' };
  await ws.ok('deal add Chairs --value 1200.10', before);
  await ws.ok('deal add Desks --value 50 --stage old', before);
  await ws.ok('deal add Lamps --value 99.9 --currency USD', before);
  await ws.ok('deal add Won --value 10', before);
  await ws.ok('deal add Lost --value 20', before);
  await ws.ok('deal win D4');
  await ws.ok('deal lose D5 --reason price');
  await ws.ok('task add Call --for D1 --due 2026-09-10');
  await ws.ok('task add Mail --for D2 --due today');
  await ws.ok('task add Think --for D2');
  return ws;
});

/** The screen, without the directory of this test. */
const screen = (ws: TestWorkspace, out: string) => out.replace(ws.dir, '/ws');

test('one screen', async () => {
  const ws = await aWeekIn();
  const out = await ws.ok('status', { tty: 80, env: { NO_COLOR: '1' } });
  expect(screen(ws, out)).toMatchInlineSnapshot(`
    "Acme 家具  /ws

    you             tester (admin)
    overdue         1 task: Call
    due today       1 task: Mail
    new for you     0 deals
    rotting         2 deals: Chairs, Lamps
    close passed    0 deals
    no next action  1 deal
    tasks           3 open
    this month      won 10.00 EUR, nothing due
    open            3 deals  1,250.10 EUR  99.90 USD
    won             1 deal  10.00 EUR
    lost            1 deal  20.00 EUR
    failed          0 enrolments
    waiting         0 enrolments
    outbox          nothing waits
    history         12 transactions
    last sweep      never
    not yet seen    12 transactions (crm run)
    "
  `);
  await ws.ok('run', { now: '2026-09-14T08:01:00Z' });
  const after = await ws.ok('status', { tty: 60, env: { NO_COLOR: '1' } });
  expect(after).toContain('last sweep      2026-09-14 10:01\nnot yet seen    nothing\n');
  // What somebody should look at is red.
  expect(await ws.ok('status', { tty: 60 })).toContain('\x1b[31m1 task\x1b[39m');
});

test('an empty workspace', async () => {
  const ws = await workspace('empty');
  const out = await ws.ok('status', { tty: 80, env: { NO_COLOR: '1' } });
  expect(screen(ws, out)).toMatchInlineSnapshot(`
    "ws  /ws

    you             tester (admin)
    overdue         0 tasks
    due today       0 tasks
    new for you     0 deals
    rotting         0 deals
    close passed    0 deals
    no next action  0 deals
    tasks           0 open
    this month      nothing won, nothing due
    open            0 deals
    won             0 deals
    lost            0 deals
    failed          0 enrolments
    waiting         0 enrolments
    outbox          nothing waits
    history         1 transaction
    last sweep      never
    not yet seen    1 transaction (crm run)
    "
  `);
});

test('JSON is one object', async () => {
  const ws = await aWeekIn();
  const status = await ws.json<Status>('status');
  expect(status).toEqual({
    workspace: 'Acme 家具',
    dir: ws.dir,
    user: 'tester',
    role: 'admin',
    deals: {
      open: { count: 3, sums: { EUR: '1250.10', USD: '99.90' } },
      won: { count: 1, sums: { EUR: '10.00' } },
      lost: { count: 1, sums: { EUR: '20.00' } },
      rotting: 2,
      withoutNextAction: 1,
      pastClose: 0,
    },
    tasks: { open: 3, overdue: 1, today: 1 },
    assigned: { since: '2026-09-10T22:00:00.000Z', deals: [], tasks: [] },
    month: {
      period: '2026-09',
      currencies: {
        EUR: { deals: 0, value: '0.00', weighted: '0.00', wonDeals: 1, wonValue: '10.00', quota: null },
      },
    },
    enrolments: { failed: 0, waiting: 0 },
    inbox: { unread: 0 },
    messages: {},
    transactions: status.transactions,
    sweep: { at: null, unseen: status.transactions, leftOut: [] },
    outbox: { untrusted: 0 },
  });
  const [{ tx }] = await ws.json<[{ tx: number }]>('history --limit 1');
  expect(status.transactions).toBe(tx);
});

test('piped, a line for each number by its path', async () => {
  const ws = await aWeekIn();
  expect((await ws.ok('status')).split('\n')).toContain('deals.open.sums.EUR\t1250.10');
  expect(await ws.ok('status --fields value -q')).toContain('tasks.overdue\n');
});

test('changes that no sweep has seen are counted in transactions', async () => {
  const ws = await aWeekIn();
  await ws.ok('run');
  expect((await ws.json<Status>('status')).sweep).toEqual({
    at: '2026-09-14T08:00:00.000Z',
    unseen: 0,
    leftOut: [],
  });
  await ws.ok('deal add Next');
  await ws.ok('deal set D1 value=7');
  expect((await ws.json<Status>('status')).sweep.unseen).toBe(2);
});

test('what the acting user sees', async () => {
  const ws = await aWeekIn();
  await ws.ok('user add ben --name Ben --role restricted');
  await ws.ok('user add ana --name Ana --role manager');
  await ws.ok('deal assign D1 ana');
  await ws.ok('task set T2 assignee=ana');
  const { deals, tasks } = await ws.json<Status>('--as ben status');
  expect(deals.open).toEqual({ count: 2, sums: { EUR: '50.00', USD: '99.90' } });
  expect(tasks).toEqual({ open: 1, overdue: 0, today: 0 });
});

test('enrolments that failed are counted', async () => {
  const ws = await aWeekIn();
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  writeFileSync(
    join(ws.dir, 'automations/ask.yaml'),
    "name: Ask\nenabled: true\nfor: deal\non: [created]\nsteps:\n  - add-task: { type: call, title: '{{ deal.description }}' }\n",
  );
  // Enabled with this command, it sees the next deal, of which nothing is described.
  await ws.ok('run');
  await ws.ok('deal add Undescribed');
  await ws.crm('run');
  expect((await ws.json<Status>('status')).enrolments).toEqual({ failed: 1, waiting: 0 });
  expect(await ws.ok('status', { tty: 80, env: { NO_COLOR: '1' } })).toContain(
    'failed          1 enrolment (crm automation enrolments --failed)\n',
  );
});

test('on a narrow terminal a long line goes on below its beginning, and no amount is torn from its currency', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs --value 5000000');
  await ws.ok('deal add Tables --value 3000000 --currency USD');
  const out = await ws.ok('status', { tty: 40, env: { NO_COLOR: '1' } });
  expect(
    out
      .split('\n')
      .slice(1)
      .filter(line => line.length > 40),
  ).toEqual([]);
  expect(out).toContain(
    'open            2 deals\n                5,000,000.00 EUR\n                3,000,000.00 USD\n',
  );
});

describe('this month', () => {
  const days = ['', '2026-08-31', '2026-09-01', '2026-09-13', '2026-09-14', '2026-09-30', '2026-10-01'];

  const aMonth = copiesOf(async () => {
    const ws = await workspace();
    for (const [i, close] of days.entries())
      for (const currency of ['EUR', 'JPY'])
        await ws.ok([
          'deal',
          'add',
          `Deal ${i} in ${currency}`,
          ...['--value', String(100 + i), '--currency', currency, '--probability', '25'],
          ...(close === '' ? [] : ['--close', close]),
        ]);
    await ws.ok('deal win D3 D4', { now: '2026-08-31T21:59:59Z' });
    await ws.ok('deal win D5', { now: '2026-08-31T22:00:00Z' });
    await ws.ok('deal win D14', { now: '2026-09-14T07:00:00Z' });
    return ws;
  });

  test('has the figures of crm report forecast', async () => {
    const ws = await aMonth();
    const { month } = await ws.json<Status>('status');
    const { rows } = await ws.json<{ rows: Record<string, unknown>[] }>(
      'report forecast --from 2026-09-01 --to 2026-09-30',
    );
    const reported = rows.filter(({ period }) => period === month.period);
    expect(reported.length).toBe(2);
    expect(month.currencies).toEqual(
      Object.fromEntries(
        reported.map(({ currency, deals, value, weighted, wonDeals, wonValue }) => [
          currency,
          { deals, value, weighted, wonDeals, wonValue, quota: null },
        ]),
      ),
    );
    expect((await ws.json<Status>('status')).deals.pastClose).toBe(3);
  });

  test('stands against the quotas, in a line for each currency', async () => {
    const ws = await aMonth();
    await ws.ok('user add ana --name Ana --role admin');
    await ws.ok('user add ben --name Ben --role restricted');
    await ws.ok('user set ana quota.month=150');
    await ws.ok('user set ben quota.month=60');
    const line = async (user: string) =>
      (await ws.ok(`status --as ${user}`, { tty: 160, env: { NO_COLOR: '1' } }))
        .split('\n')
        .find(each => each.startsWith('this month'));
    // 48.57 %, not 49: what is not reached is not said to be.
    expect(await line('ana')).toBe(
      'this month      won 102.00 EUR of 210.00 EUR (48 %), 2 deals due: 209.00 EUR, weighted 52.25 EUR; won 106 JPY, 2 deals due: 209 JPY, weighted 52 JPY',
    );
    await ws.ok('user rm ana --successor ben');
    expect(await line('ben')).toContain('of 60.00 EUR (');
  });
});

describe('newly assigned', () => {
  const FRIDAY = '2026-09-11T06:00:00Z';
  const THURSDAY = '2026-09-10T18:00:00Z';

  const team = copiesOf(async () => {
    const ws = await workspace();
    const before = { now: '2026-09-01T08:00:00Z' };
    for (const user of ['ana', 'ben']) await ws.ok(`user add ${user} --name ${user} --role admin`, before);
    return ws;
  });

  test.each<{ what: string; does: [string, string, string][]; deals: string[]; tasks?: string[] }>([
    { what: 'a deal that a colleague gave', does: [['ben', FRIDAY, 'deal assign D1 ana']], deals: ['D1'] },
    {
      what: 'not one of before the last working day',
      does: [['ben', THURSDAY, 'deal assign D1 ana']],
      deals: [],
    },
    { what: 'not one that the user took', does: [['ana', FRIDAY, 'deal assign D1 ana']], deals: [] },
    {
      what: 'not one that was changed since by somebody else',
      does: [
        ['ben', THURSDAY, 'deal assign D1 ana'],
        ['ben', FRIDAY, 'deal set D1 value=7'],
      ],
      deals: [],
    },
    {
      what: 'not one that went on to another',
      does: [
        ['ben', FRIDAY, 'deal assign D1 ana'],
        ['ana', FRIDAY, 'deal assign D1 ben'],
      ],
      deals: [],
    },
    {
      what: 'not one that the user had given away and took back',
      does: [
        ['ben', FRIDAY, 'deal assign D1 ana'],
        ['ana', FRIDAY, 'deal assign D1 ben'],
        ['ana', FRIDAY, 'deal assign D1 ana'],
      ],
      deals: [],
    },
    {
      what: 'not a closed one',
      does: [
        ['ben', FRIDAY, 'deal assign D1 ana'],
        ['ben', FRIDAY, 'deal win D1'],
      ],
      deals: [],
    },
    {
      what: 'a deal and a task that were added for the user, the newest first',
      does: [
        ['ben', FRIDAY, 'deal add Lamps --owner ana'],
        ['ben', FRIDAY, 'deal assign D1 ana'],
        ['ben', FRIDAY, 'task add Call --for D1 --assignee ana'],
      ],
      deals: ['D1', 'D2'],
      tasks: ['T1'],
    },
  ])('is $what', async ({ does, deals, tasks = [] }) => {
    const ws = await team();
    await ws.ok('deal add Chairs --owner ben --as ben', { now: '2026-09-01T08:00:00Z' });
    for (const [user, now, line] of does) await ws.ok(`${line} --as ${user}`, { now });
    const { assigned } = await ws.json<Status>('status --as ana');
    expect(assigned).toEqual({ since: '2026-09-10T22:00:00.000Z', deals, tasks });
    const { assigned: toBen } = await ws.json<Status>('status --as ben');
    expect(toBen.tasks).toEqual([]);
  });

  test('reaches back over holidays', async () => {
    const ws = await team();
    writeFileSync(
      join(ws.dir, 'crm.yaml'),
      `${readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')}holidays: [2026-09-11]\n`,
    );
    expect((await ws.json<Status>('status --as ana')).assigned.since).toBe('2026-09-09T22:00:00.000Z');
  });
});

test('the most pressing records are named as far as they fit, under 25 lines', async () => {
  const ws = await aWeekIn();
  await ws.ok('user add ana --name "Ana" --role admin'.replaceAll('"', ''));
  for (const day of ['2026-09-09', '2026-09-11', '2026-09-12', '2026-09-08'])
    await ws.ok(`task add Late-${day} --due ${day}`);
  await ws.ok('deal assign D1 ana');
  await ws.ok(['task', 'set', 'T2', 'title=Mail \u001b[31mnow']);
  mkdirSync(join(ws.dir, 'automations'), { recursive: true });
  writeFileSync(
    join(ws.dir, 'automations/tell.yaml'),
    'name: Tell\nenabled: true\nfor: deal\non: [created]\nsteps:\n  - notify: { user: ana, text: New }\n  - wait: 3d\n',
  );
  await ws.ok('run');
  await ws.ok('deal add Benches --close 2026-09-20 --value 10');
  await ws.ok('run');
  const out = await ws.ok('status --as ana', { tty: 80, env: { NO_COLOR: '1' } });
  expect(screen(ws, out)).toMatchInlineSnapshot(`
    "Acme 家具  /ws

    you             Ana (admin)
    overdue         5 tasks: Late-2026-09-08, Late-2026-09-09, Call, 2 more
    due today       1 task: Mail \\x1b[31mnow
    new for you     1 deal: Chairs
    inbox           1 unread (crm inbox)
    rotting         2 deals: Chairs, Lamps
    close passed    0 deals
    no next action  2 deals
    tasks           7 open
    this month      won 10.00 EUR, 1 deal due: 10.00 EUR
    open            4 deals  1,260.10 EUR  99.90 USD
    won             1 deal  10.00 EUR
    lost            1 deal  20.00 EUR
    failed          0 enrolments
    waiting         1 enrolment
    outbox          1 queued (crm message list)
    history         23 transactions
    last sweep      2026-09-14 10:00
    not yet seen    nothing
    "
  `);
  expect(out.split('\n').length).toBeLessThan(25);
  // No name is torn: what does not fit is left out.
  for (const tty of [40, 52, 66, 79])
    for (const line of (await ws.ok('status --as ana', { tty, env: { NO_COLOR: '1' } })).split('\n').slice(1))
      expect(line.length).toBeLessThanOrEqual(tty);
});

describe('--prompt', () => {
  const prompt = (ws: TestWorkspace, options = {}) => ws.ok('status --prompt', options);

  test('is a short line, or nothing', async () => {
    const ws = await workspace();
    expect(await prompt(ws)).toBe('');
    await ws.ok('task add Call --due 2026-09-10');
    await ws.ok('task add Mail --due today');
    await ws.ok('task add Think --due tomorrow');
    expect(await prompt(ws)).toBe('1 overdue, 1 today\n');
    await ws.ok('task done T2');
    expect(await prompt(ws)).toBe('1 overdue\n');
  });

  test('is nothing outside of a workspace, unless one was named', async () => {
    const ws = await workspace();
    const cwd = emptyDirectory();
    expect(await ws.crm('status --prompt', { cwd })).toMatchObject({ code: 0, out: '', err: '' });
    expect((await ws.crm(['status', '--prompt', '-C', cwd])).code).toBe(3);
  });

  test('is about the tasks of the acting user, and of all if the workspace does not know them', async () => {
    const ws = await workspace();
    await ws.ok('user add ana --name Ana --role admin');
    await ws.ok('user add ben --name Ben --role restricted');
    await ws.ok('task add Call --due 2026-09-10 --assignee ana');
    await ws.ok('task add Mail --due 2026-09-14 --assignee ben', { now: '2026-09-01T08:00:00Z' });
    expect(await prompt(ws)).toBe('1 overdue, 1 today\n');
    expect(await ws.ok('status --prompt --as ana')).toBe('1 overdue, 1 new\n');
    expect(await ws.ok('status --prompt --as ben')).toBe('1 today\n');
  });

  test('is the same as without a cache, whatever happens', async () => {
    const ws = await workspace();
    const nothingKept = { env: { XDG_CACHE_HOME: '' } };
    const both = async (options: { now?: string } = {}) => {
      const line = await prompt(ws, options);
      expect(line).toBe(await prompt(ws, { ...nothingKept, ...options }));
      // A second time it is the one that was kept.
      expect(await prompt(ws, options)).toBe(line);
      return line;
    };
    await ws.ok('user add tester --name Tester --role admin');
    await ws.ok('task add Call --due 2026-09-15 --assignee tester');
    expect(await both()).toBe('');
    expect(await both({ now: '2026-09-14T22:00:00Z' })).toBe('1 today\n');
    expect(await both({ now: '2026-09-14T21:59:59Z' })).toBe('');
    expect(await both({ now: '2026-09-17' })).toBe('1 overdue\n');
    await ws.ok('task done T1');
    expect(await both({ now: '2026-09-17' })).toBe('');
    await ws.ok('deal add Chairs');
    await ws.ok('task add Build --for D1 --due today --assignee tester');
    expect(await both()).toBe('1 today\n');
    // Somebody takes the user out of the settings by hand, and nothing is committed: all tasks count.
    await ws.ok('user add ana --name Ana');
    await ws.ok('task add Other --due today --assignee ana');
    expect(await both()).toBe('1 today\n');
    const settings = readFileSync(join(ws.dir, 'crm.yaml'), 'utf8');
    writeFileSync(
      join(ws.dir, 'crm.yaml'),
      settings.replace(/ {2}tester:[\s\S]*?(?=\n\S)/, '').replace('users:\n', 'users: {}\n'),
    );
    expect(await both()).toBe('2 today\n');
    writeFileSync(join(ws.dir, 'crm.yaml'), 'stages: [\n');
    expect(await both()).toBe('broken: crm doctor\n');
  });

  test('is kept by tip and day', async () => {
    const ws = await workspace();
    await ws.ok('task add Call --due today');
    expect(await prompt(ws)).toBe('1 today\n');
    const path = ws.cache('prompt.json');
    const kept = readFileSync(path, 'utf8').slice(9).replace('1 today', 'kept');
    writeFileSync(path, `${headOf(Buffer.from(kept))}${kept}`);
    expect(await prompt(ws)).toBe('kept\n');
    expect(await prompt(ws, { now: '2026-09-15T08:00:00Z' })).toBe('1 overdue\n');
  });
});
