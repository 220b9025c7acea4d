/** Which paid invoices the table of the template counts, and since when. */
import { describe, expect, it } from 'vitest';
import { copiesOf, type TestWorkspace, workspace } from '../harness.ts';

describe('paid invoices of a won deal', () => {
  const wonDeal = copiesOf(async () => {
    const ws = await workspace('automated-sales');
    await ws.ok('deal add Chairs --contact jane@example.com --account Acme');
    await ws.ok('deal win D1');
    return ws;
  });
  const paid = async (ws: TestWorkspace): Promise<number> => {
    const [deal] = await ws.json<{ 'invoices.paid': number }[]>('deal list --fields invoices.paid');
    return deal!['invoices.paid'];
  };
  const stage = async (ws: TestWorkspace) => {
    await ws.ok('run');
    return (await ws.json<{ stage: string }>('deal show D1')).stage;
  };

  it('are those of account and contact, each once', async () => {
    const ws = await wonDeal();
    // Of the deal, and so of its account and its contact.
    await ws.ok('invoice add --for D1 --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(1);
    expect(await stage(ws)).toBe('one-time');
    await ws.ok('invoice add --for Acme --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(2);
    expect(await stage(ws)).toBe('returning');
    await ws.ok('invoice add --for jane@example.com --amount 10 --paid 2026-09-01');
    await ws.ok('invoice add --for jane@example.com --account Acme --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(4);
    expect(await stage(ws)).toBe('returning');
    await ws.ok('contact add --email other@example.com --account Acme');
    await ws.ok('invoice add --for other@example.com --amount 10 --paid 2026-09-01');
    expect(await paid(ws)).toBe(4);
    await ws.ok('invoice add --for other@example.com --account Acme --amount 10 --paid 2026-09-01');
    expect(await stage(ws)).toBe('regular');
  });

  it('count from the day on which they are paid', async () => {
    const ws = await wonDeal();
    for (const day of ['2026-09-14', '2026-09-15'])
      await ws.ok(`invoice add --for D1 --amount 10 --paid ${day}`);
    await ws.ok('invoice add --for D1 --amount 10');
    expect(await stage(ws)).toBe('one-time');
    // The last millisecond of the 14th in Amsterdam, and the first of the 15th.
    ws.now = '2026-09-14T21:59:59.999Z';
    expect(await stage(ws)).toBe('one-time');
    ws.now = '2026-09-14T22:00:00.000Z';
    expect(await stage(ws)).toBe('returning');
  });

  it('count no more when they are taken back', async () => {
    const ws = await wonDeal();
    await ws.ok('invoice add --for D1 --amount 10 --paid today');
    await ws.ok('invoice add --for D1 --amount 10 --paid today');
    expect(await stage(ws)).toBe('returning');
    await ws.ok('invoice set I1 paid=');
    expect(await stage(ws)).toBe('one-time');
    await ws.ok('invoice rm I2');
    expect(await paid(ws)).toBe(0);
  });
});
