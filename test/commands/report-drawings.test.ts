/** What `crm report` draws on terminals of 60, 80, 100 and 160 columns: a file for each report. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace, type TestWorkspace, workspace } from '../harness.ts';
import { displayWidth } from '../../src/ui/width.ts';

const at = (day: string) => ({ now: `${day}T08:00:00Z` });

/** Deals of some months: in two currencies, of two owners and of nobody, in four stages; quotas, calls, tasks. */
async function worked(ws: TestWorkspace): Promise<void> {
  await ws.ok(['user', 'add', 'anneke', '--name', 'Anneke van der Westhuizen', '--role', 'manager']);
  await ws.ok(['user', 'add', 'bram', '--name', 'Bram Öztürk']);
  await ws.ok('user set anneke quota.month=20000');
  await ws.ok('stage set follow-up name=Negotiation forecast=commit');
  await ws.ok('stage set in-contact forecast=best-case rotting=30d');
  const rows = Array.from({ length: 24 }, (_, i) => ({
    title: ['Chairs for the canteen', 'Tables', '会議室の机', 'Lamps'][i % 4],
    value: `${(i * 7919) % 90}${i % 3}00.${String((i * 37) % 100).padStart(2, '0')}`,
    currency: i % 6 === 5 ? 'GBP' : 'EUR',
    owner: ['anneke', 'bram', 'none'][i % 3],
    createdAt: `2026-0${1 + (i % 6)}-1${i % 9}T09:00:00Z`,
    expectedClose: i % 7 === 6 ? null : `2026-${String(8 + (i % 5)).padStart(2, '0')}-1${i % 10}`,
  }));
  await ws.ok('import deals - --format jsonl', {
    ...at('2026-07-01'),
    stdin: rows.map(row => JSON.stringify(row)).join('\n'),
  });
  const ids = (from: number, step: number) =>
    Array.from({ length: 24 }, (_, i) => i + 1)
      .filter(i => i % step === from)
      .map(i => `D${i}`)
      .join(' ');
  await ws.ok(`deal move ${ids(0, 2)} in-contact`, at('2026-07-10'));
  await ws.ok(`deal move ${ids(0, 4)} follow-up`, at('2026-07-30'));
  await ws.ok('deal win D4 D12 D20', at('2026-08-20'));
  await ws.ok('deal win D16', at('2026-09-07'));
  await ws.ok(['deal', 'lose', 'D2', 'D10', '--reason', 'Chose a competitor'], at('2026-09-01'));
  await ws.ok(['deal', 'lose', 'D3', 'D6', 'D8', '--reason', 'Price'], at('2026-09-02'));
  await ws.ok('deal lose D5', at('2026-09-03'));
  await ws.ok('deal set D14 value=123456.78', at('2026-09-04'));
  await ws.ok('deal set D22 owner=bram', at('2026-09-04'));
  for (const id of ['D14', 'D18', 'D24'])
    await ws.ok(['log', 'call', id, 'Spoke', '--as', 'anneke'], at('2026-09-08'));
  await ws.ok(
    ['task', 'add', 'Call', '--for', 'D14', '--type', 'call', '--due', '2026-09-10', '--assignee', 'bram'],
    at('2026-09-08'),
  );
  await ws.ok('task add Offer --for D18 --due 2026-09-20 --assignee anneke', at('2026-09-08'));
}

let ws: TestWorkspace;
let remove: () => void;
beforeAll(async () => {
  [ws, remove] = await makeWorkspace('sales');
  await worked(ws);
});
afterAll(() => remove());

const reports: readonly (readonly [name: string, options: string])[] = [
  ['forecast', '--to 2026-12'],
  ['funnel', ''],
  ['movement', '--from 2026-08-15'],
  ['probability', ''],
  ['velocity', ''],
  ['pipeline', ''],
  ['owners', ''],
  ['losses', ''],
  ['revenue', '--by month --from 2026-07'],
  ['activity', ''],
  ['coverage', ''],
];

test.each(reports)('crm report %s on four widths', async (name, options) => {
  let drawn = '';
  for (const tty of [60, 80, 100, 160]) {
    const out = await ws.ok(`report ${name} ${options}`, { tty, env: { NO_COLOR: '1' } });
    expect(out).not.toMatch(/NaN|Infinity|undefined|null/);
    for (const line of out.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(tty);
    drawn += `--- ${tty} columns\n${out}\n`;
  }
  await expect(drawn).toMatchFileSnapshot(`reports/${name}.txt`);
});

test('movement per owner is a table where all flows fit into it, else flow by flow, so that they add up', async () => {
  const drawn = async (tty: number) =>
    ws.ok('report movement --per owner --from 2026-08-15', { tty, env: { NO_COLOR: '1' } });
  expect(await drawn(160)).toMatch(/^OWNER +CURRENCY +START +MOVED IN +RAISED +WON +LOST +MOVED OUT +END$/m);
  const narrow = await drawn(60);
  expect(narrow).toMatch(/^Anneke van der Westhuizen {2}EUR\n +DEALS +VALUE\nstart /m);
  expect(narrow).toMatch(/^total {2}GBP$/m);
});

test('the list of reports on four widths', async () => {
  let drawn = '';
  for (const tty of [60, 80, 100, 160])
    drawn += `--- ${tty} columns\n${await ws.ok('report', { tty, env: { NO_COLOR: '1' } })}\n`;
  await expect(drawn).toMatchFileSnapshot('reports/list.txt');
});

test('names are whole on 80 columns, of periods, stages and owners', async () => {
  const lines = async (line: string) => (await ws.ok(line, { tty: 80, env: { NO_COLOR: '1' } })).split('\n');
  expect(await lines('report forecast --to 2026-12')).toContainEqual(expect.stringMatching(/^overdue /));
  expect(await lines('report owners')).toContainEqual(expect.stringMatching(/^Anneke van der Westhui/));
  for (const [name, options] of reports)
    for (const line of await lines(`report ${name} ${options}`))
      expect(line.replace('Anneke van der Westhuiz…', '')).not.toContain('…');
});

test('without block characters with --plain', async () => {
  const ws = await workspace('sales');
  await ws.ok('deal add Chairs --value 1200 --close 2026-09-20');
  for (const [line, env] of [
    ['report forecast --plain', {}],
    ['report forecast', { TERM: 'dumb' }],
  ] as const)
    expect(await ws.ok(line, { tty: 80, env: { NO_COLOR: '1', ...env } })).toMatch(/^[\x20-\x7e\n]*$/);
});
