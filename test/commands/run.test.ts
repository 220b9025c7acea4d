import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';

test('a sweep describes its changes, with one deal in the singular', async () => {
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
    leftOut: [],
    deliveries: { sent: 0, filed: 0, failed: 0, unknown: 0, suppressed: 0, held: 0, queued: 0 },
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

test('the end of a hold is one change with the move, with its row, and no entry of its own in the history', async () => {
  const ws = await workspace('automated-sales');
  for (const title of ['Chairs', 'Tables']) await ws.ok(['deal', 'add', title]);
  await ws.ok('deal move D1 in-progress');
  await ws.ok('deal move D2 in-progress');
  await ws.ok('run');
  await ws.ok('task add Call --for D1');
  await ws.ok('run');
  type Entry = { via: string; why: unknown; changes: { set: unknown }[] };
  const [moved] = await ws.json<Entry[]>('history D1');
  expect(moved).toMatchObject({ via: 'run', why: { transition: 10 } });
  expect(moved!.changes).toEqual([
    expect.objectContaining({ op: 'set', set: { stage: ['in-progress', 'awaiting-contact'] } }),
  ]);
  // D2: a task makes the table say awaiting-contact, where it is by then: the hold ends, and nothing moves.
  await ws.ok('deal move D2 awaiting-contact');
  await ws.ok('task add Call --for D2');
  expect((await ws.json<{ transitions: unknown[] }>('run')).transitions).toEqual([]);
  expect((await ws.json<Entry[]>('history D2'))[0]).toMatchObject({ via: 'deal move' });
  expect(JSON.stringify(await ws.json('deal show D2'))).not.toContain('held');
});
