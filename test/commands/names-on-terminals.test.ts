/** Sentences and histories on a terminal say names; scripts that read the same commands get ids. */
import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';

const terminal = { tty: 200, env: { NO_COLOR: '1' } };

const furnished = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok(['user', 'add', 'tester', '--name', 'Tess Ter', '--role', 'admin']);
  await ws.ok(['user', 'add', 'ana', '--name', 'Ana Ruiz']);
  await ws.ok(['field', 'add', 'deal', 'product', '--type', 'text', '--label', 'Product line']);
  await ws.ok(['deal', 'add', 'Forty chairs', '--contact', 'jane@example.com', '--contact-name', 'Jane Roe']);
  await ws.ok(['deal', 'add', 'Desks']);
  await ws.ok(['task', 'add', 'Ring', '--for', 'D1', '--due', '2026-09-20']);
  return ws;
});

const table: readonly (readonly [string, string, string])[] = [
  ['deal move D1 D2 follow-up', 'moved D1, D2', 'moved D1 (Forty chairs), D2 (Desks) to Follow up'],
  [
    'deal move D1 follow-up',
    'nothing to do: D1 is already there',
    'nothing to do: D1 (Forty chairs) is already there',
  ],
  ['deal assign D1 ana', 'assigned D1', 'assigned D1 (Forty chairs) to Ana Ruiz'],
  ['deal assign D1 none', 'assigned D1', 'assigned D1 (Forty chairs) to nobody'],
  ['deal set D1 product=oak', 'changed D1', 'changed D1 (Forty chairs)'],
  ['task snooze T1 2026-09-30', 'put off T1', 'put off T1 (Ring) to 2026-09-30'],
  ['score D1 +3', 'D1: score default 0 → 3', 'D1 (Forty chairs): score default 0 → 3'],
  ['contact tag C1 +vip', 'tagged C1', 'tagged C1 (Jane Roe)'],
  [
    'task done T1',
    'done: T1\nno next action for D1: crm task add TITLE --for D1 --due +2d',
    'done: T1 (Ring)\nno next action for D1 (Forty chairs): crm task add TITLE --for D1 --due +2d',
  ],
  ['deal lose D1', 'lost D1', 'lost D1 (Forty chairs)'],
  ['deal rm D2', 'moved to the trash: D2', 'moved to the trash: D2 (Desks)'],
  ['deal restore D2', 'restored D2', 'restored D2 (Desks)'],
];

test('sentences name records, stages and users on a terminal, and only ids in a pipe', async () => {
  const [piped, shown] = [await furnished(), await furnished()];
  for (const [line, text, named] of table) {
    expect((await piped.crm(line)).err, line).toBe(`${text}\n`);
    const undo = named.startsWith('nothing to do') ? '' : 'crm undo N takes it back\n';
    const { err } = await shown.crm(line, terminal);
    expect(err.replace(/undo \d+/, 'undo N'), line).toBe(`${named}\n${undo}`);
  }
});

test('the history says fields by label, and stages, users and records by name; JSON keeps ids', async () => {
  const ws = await furnished();
  for (const line of ['deal move D1 follow-up', 'deal set D1 owner=ana product=oak close=2026-12-01'])
    await ws.ok(line);
  expect(await ws.ok('history --limit 3', terminal)).toBe(
    [
      'TX  AT                BY        VIA        CHANGES',
      ' 9  2026-09-14 10:00  Tess Ter  deal set   D1 (Forty chairs) owner: Tess Ter → Ana Ruiz, Product line: (none) → oak, close: (none) → 2026-12-01',
      ' 8  2026-09-14 10:00  Tess Ter  deal move  D1 (Forty chairs) stage: To contact → Follow up',
      ' 7  2026-09-14 10:00  Tess Ter  task add   added T1 (Ring): type todo, for Forty chairs, due 2026-09-20, assignee Tess Ter, status open',
      '',
    ].join('\n'),
  );
  expect(await ws.ok('history D1 --limit 1', terminal)).toBe(
    '2026-09-14 10:00  Tess Ter  deal set  transaction 9\n    owner: Tess Ter → Ana Ruiz\n    Product line: (none) → oak\n    close: (none) → 2026-12-01\n',
  );
  expect(await ws.ok('history --limit 1')).toContain(
    'D1 owner: tester → ana, fields.product: (none) → oak, expectedClose: (none) → 2026-12-01',
  );
  expect(await ws.ok('history D1 --stages', terminal)).toMatch(
    /^STAGE .*\nTo contact .* Tess Ter .*\nFollow up /,
  );
});

test('a sweep says names on a terminal', async () => {
  const ws = await workspace('automated-sales');
  await ws.ok(['deal', 'add', 'Chairs']);
  await ws.ok('task add Ring --for D1');
  const { out } = await ws.crm('run --dry-run', terminal);
  expect(out).toBe('Awaiting processing → Awaiting contact (row 10): 1 deal: D1 (Chairs)\n');
  expect((await ws.crm('run')).out).toBe('awaiting-processing → awaiting-contact (row 10): 1 deal: D1\n');
});
