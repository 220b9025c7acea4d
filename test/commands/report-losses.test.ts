/** `crm report losses`: what was lost, and what was left without an answer in a pipeline that keeps itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copiesOf, emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';

interface Row {
  readonly stage: string | null;
  readonly reason: string | null;
  readonly outcome: string;
  readonly currency: string;
  readonly deals: number;
  readonly value: string;
  readonly share: number;
  readonly query: string | null;
}
interface Answer {
  readonly rows: readonly Row[];
  readonly total: readonly Row[];
  readonly notes: readonly string[];
}

const on = (day: string) => ({ now: `2026-${day}T08:00:00Z` });

/** One deal lost in July; of four that nobody cared for, two forgotten in July, one of them again in sales by now. */
const worked = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('user add ana --name Ana');
  await ws.ok('deal add Chairs --value 100 --owner ana', on('05-01'));
  await ws.ok('deal add Tables --value 200', on('06-20'));
  await ws.ok('deal add Lamps --value 300 --owner ana', on('06-20'));
  await ws.ok('deal add Desks --value 5000 --currency JPY', on('06-20'));
  await ws.ok('task add Call --for D3 --type call', on('06-21'));
  await ws.ok('deal add Sofas --value 70', on('07-01'));
  await ws.ok('run', on('06-21'));
  await ws.ok('run', on('07-02'));
  await ws.ok('deal lose D5 --reason price', on('07-03'));
  await ws.ok('run', on('08-02'));
  await ws.ok('deal move D4 in-progress', on('08-03'));
  return ws;
});

const losses = (ws: TestWorkspace, line = '') =>
  ws.json<Answer>(`report losses --from 2026-06-01 --to 2026-09-30 ${line}`.trim(), on('08-05'));
const said = ({ rows }: Pick<Answer, 'rows'>) =>
  rows.map(({ stage, reason, outcome, currency, deals, value }) =>
    [stage, reason, outcome, currency, deals, value].join(' '),
  );

test('deals in a stage of not-customers count by their last stage of sales, beside lost deals', async () => {
  const ws = await worked();
  const { rows, total, notes } = await losses(ws);
  expect(said({ rows })).toEqual([
    'awaiting-processing price lost EUR 1 70.00',
    'awaiting-processing  left EUR 2 300.00',
    'awaiting-contact  left EUR 1 300.00',
  ]);
  expect(total.map(({ outcome, deals, value, share }) => ({ outcome, deals, value, share }))).toEqual([
    { outcome: 'lost', deals: 1, value: '70.00', share: 1 },
    { outcome: 'left', deals: 3, value: '600.00', share: 1 },
  ]);
  expect(rows.map(({ share }) => share)).toEqual([1, 0.6667, 0.3333]);
  expect(notes[0]).toMatch(/^left without an answer: open deals that moved to a stage of not-customers/);
  const deals = async (row: number) =>
    (
      await ws.json<{ id: string }[]>(
        `report losses --from 2026-06-01 --to 2026-09-30 --deals ${row} --fields id`,
        on('08-05'),
      )
    ).map(({ id }) => id);
  expect([await deals(1), await deals(2), await deals(3)]).toEqual([['D5'], ['D1', 'D2'], ['D3']]);
});

test('only those count that were left in the days of the report, and per group as any other', async () => {
  const ws = await worked();
  expect(said(await losses(ws, '--per owner'))).toEqual([
    '  lost EUR 1 70.00',
    '  left EUR 2 400.00',
    '  left EUR 1 200.00',
  ]);
  expect(said(await ws.json<Answer>('report losses --from 2026-06-01 --to 2026-06-30', on('08-05')))).toEqual(
    ['awaiting-processing  left EUR 1 100.00'],
  );
  expect(said(await losses(ws, 'title:Tables'))).toEqual(['awaiting-processing  left EUR 1 200.00']);
});

test('charts draw it apart from lost deals', async () => {
  const ws = await worked();
  const file = join(emptyDirectory(), 'losses.svg');
  await ws.ok(['report', 'losses', '--from', '2026-06-01', '--svg', file], on('08-05'));
  const chart = readFileSync(file, 'utf8');
  for (const title of ['Losses, lost, EUR', 'Losses, left without an answer, EUR'])
    expect(chart).toContain(title);
  expect(chart).toContain('>Awaiting contact<');
});

test('people read it in words', async () => {
  const ws = await worked();
  const table = await ws.ok('report losses --from 2026-06-01 --to 2026-09-30', {
    ...on('08-05'),
    tty: 100,
    env: { NO_COLOR: '1' },
  });
  expect(table).toMatch(/^Awaiting processing +price +1 +70\.00/m);
  expect(table).toMatch(/^Awaiting processing +left without an answer +2 +300\.00/m);
  const perOwner = await ws.ok('report losses --per owner --from 2026-06-01', {
    ...on('08-05'),
    tty: 100,
    env: { NO_COLOR: '1' },
  });
  expect(perOwner).toMatch(/^Ana +left without an answer +2 +400\.00/m);
  await ws.ok('deal lose D4', on('08-05'));
  const without = await ws.ok('report losses --from 2026-08-05', {
    ...on('08-05'),
    tty: 100,
    env: { NO_COLOR: '1' },
  });
  expect(without).toContain('no lost reason');
});
