/** `crm report --known-at TX`: what a report said when that transaction was the last one, whatever became known since. */
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../harness.ts';

const reports = [
  'forecast --per owner',
  'funnel --from 2025-01-01',
  'movement --from 2025-01-01',
  'owners',
  'losses --from 2025-01-01',
  'probability',
];

/** Later ones say of earlier times what was not known then: an import, its undo, and a closing that was set back. */
const steps: readonly (readonly [day: string, line: string, stdin?: string])[] = [
  ['03-01', 'user add bob --name Bob'],
  ['03-02', 'deal add Chairs --value 100 --owner bob --close 2026-05-20'],
  ['03-03', 'deal add Tables --value 200.50 --close 2026-06-30'],
  ['03-04', 'task add Call --for D1 --type call --due 2026-03-05'],
  ['04-02', 'deal move D1 in-contact'],
  ['04-03', 'deal set D2 value=250 close=2026-05-21 owner=bob'],
  ['04-11', 'deal win D1'],
  [
    '04-12',
    'import deals -',
    'title,value,status,createdAt,closedAt,lostReason\nOld,70,won,2025-02-01T08:00:00Z,2025-03-01T08:00:00Z,\nOlder,5,lost,2025-01-02T08:00:00Z,2026-02-01T08:00:00Z,price\n',
  ],
  ['04-13', 'deal rm D2'],
  ['04-14', 'task done T1'],
  ['04-15', 'undo 9'],
  ['04-16', 'deal set D1 closedAt=2026-03-20'],
  ['04-17', 'undo 13'],
  ['04-20', 'deal restore D2'],
  ['04-21', 'deal lose D2 --reason price'],
];

const at = (day: string) => `2026-${day}T08:00:00.000Z`;

async function said(ws: TestWorkspace, now: string, known = ''): Promise<unknown> {
  const all = [];
  for (const line of reports) all.push(await ws.json(`report ${line}${known}`, { now }));
  return all;
}

test('equals the answer of that time, for each transaction and each report', async () => {
  const ws = await workspace();
  const then = new Map<number, unknown>();
  for (const [day, line, stdin] of steps) {
    await ws.ok(line, { now: at(day), ...(stdin !== undefined && { stdin }) });
    const { transactions } = await ws.json<{ transactions: number }>('status', { now: at(day) });
    then.set(transactions, await said(ws, at(day)));
  }
  expect(new Set([...then.values()].map(each => JSON.stringify(each))).size).toBe(steps.length);
  for (const [tx, answer] of then)
    expect({ tx, answer: await said(ws, at('05-01'), ` --known-at ${tx}`) }).toEqual({ tx, answer });
});

test('with --at, of an earlier day as it was known then; what cannot be is said', async () => {
  const ws = await workspace();
  await ws.ok('deal add Chairs --value 100', { now: at('03-02') });
  await ws.ok('deal set D1 value=300', { now: at('03-05') });
  await ws.ok('import deals -', {
    now: at('03-06'),
    stdin: 'title,value,createdAt\nOld,70,2026-01-01T08:00:00Z\n',
  });
  const value = async (line: string) =>
    (
      await ws.json<{ total: { value: string }[] }>(`report pipeline ${line}`, { now: at('03-20') })
    ).total.map(each => each.value);
  expect(await value('--at 2026-03-03')).toEqual(['170.00']);
  expect(await value('--at 2026-03-03 --known-at 3')).toEqual(['100.00']);
  expect(await value('--known-at 3')).toEqual(['300.00']);
  expect(await value('--known-at 2')).toEqual(['100.00']);
  expect(await ws.crm('report pipeline --known-at 99')).toMatchObject({
    code: 3,
    err: expect.stringContaining('there is no transaction 99'),
  });
  expect(await ws.crm('report pipeline --known-at 0')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--known-at: "0" is not the number of a transaction'),
  });
  expect(await ws.crm('report pipeline --at 2026-03-10 --known-at 2')).toMatchObject({
    code: 2,
    err: expect.stringContaining('has not come yet at transaction 2'),
  });
});
