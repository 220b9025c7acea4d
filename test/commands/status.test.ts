import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

interface Status {
  readonly deals: Record<'open' | 'won' | 'lost', { count: number; sums: Record<string, string> }> & {
    readonly rotting: number;
    readonly withoutNextAction: number;
  };
  readonly tasks: Record<string, number>;
  readonly enrolments: { readonly failed: number };
  readonly transactions: number;
  readonly sweep: { readonly at: string | null; readonly unseen: number };
}

async function aWeekIn(): Promise<TestWorkspace> {
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
}

/** The screen, without the directory of this test. */
const screen = (ws: TestWorkspace, out: string) => out.replace(ws.dir, '/ws');

test('one screen', async () => {
  const ws = await aWeekIn();
  const out = await ws.ok('status', { tty: 80, env: { NO_COLOR: '1' } });
  expect(screen(ws, out)).toMatchInlineSnapshot(`
    "Acme 家具  /ws

    you             tester (admin)
    open            3 deals  1,250.10 EUR  99.90 USD
    won             1 deal  10.00 EUR
    lost            1 deal  20.00 EUR
    rotting         2 deals
    no next action  1 deal
    tasks           3 open, 1 due today
    overdue         1 task
    failed          0 enrolments
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
    open            0 deals
    won             0 deals
    lost            0 deals
    rotting         0 deals
    no next action  0 deals
    tasks           0 open, 0 due today
    overdue         0 tasks
    failed          0 enrolments
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
    },
    tasks: { open: 3, overdue: 1, today: 1 },
    enrolments: { failed: 0 },
    transactions: status.transactions,
    sweep: { at: null, unseen: status.transactions, leftOut: [] },
  });
  const [{ tx }] = await ws.json<[{ tx: number }]>('history --limit 1');
  expect(status.transactions).toBe(tx);
});

test('piped, a line for each number by its path', async () => {
  const ws = await aWeekIn();
  expect((await ws.ok('status')).split('\n')).toContain('deals.open.sums.EUR\t1250.10');
  expect(await ws.ok('status --fields value -q')).toContain('tasks.overdue\n');
});

test('what a sweep has not seen is counted in transactions', async () => {
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
  expect((await ws.json<Status>('status')).enrolments).toEqual({ failed: 1 });
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
