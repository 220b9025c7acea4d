import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

test('a sweep says in words what it changed, one deal as one', async () => {
  const ws = await workspace('automated-sales');
  await ws.ok(['deal', 'add', 'Chairs'], { now: '2026-08-01T08:00:00Z' });
  const { out, err } = await ws.crm('run');
  expect(out).toBe('awaiting-processing → forgotten (row 7): 1 deal: D1\n');
  expect(err).toMatch(/changed 1 deal \(transaction 3\)\n$/);
});

test('a sweep with nothing to do says so, writes nothing, and has no transaction', async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('run');
  expect(await ws.crm('run')).toMatchObject({ code: 0, out: '', err: 'nothing to do\n' });
  expect(await ws.json('run')).toEqual({
    now: ws.now,
    tx: null,
    events: 0,
    transitions: [],
    automations: [],
    changes: {},
    failures: [],
  });
});

test('the JSON of a sweep counts the records changed by kind, and names the row of each move', async () => {
  const ws = await workspace('automated-sales');
  for (const title of ['Chairs', 'Tables']) await ws.ok(['deal', 'add', title]);
  await ws.ok('deal win D2');
  const dry = await ws.json<{ tx: unknown }>('run --dry-run');
  const { tx, ...rest } = await ws.json<{ tx: unknown }>('run');
  expect(dry).toEqual({ ...rest, tx: null });
  expect(tx).toBe(5);
  expect(rest).toMatchObject({
    transitions: [{ record: 'D2', from: 'awaiting-processing', to: 'one-time', rule: 3 }],
    changes: { deals: 1 },
  });
});
