/** `crm trust --sender`: a copy, or a machine that lost its state, sends again once a person says so. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { add, filed, mailing, messages, on, statuses } from './mails.ts';

test('a machine that lost its state sends again, and queued messages wait for a person', async () => {
  const ws = await mailing(1);
  await ws.ok('deliver', on(ws));
  await add(ws, 2, 2);
  await ws.ok('run --no-deliver', on(ws));
  rmSync(`${ws.dir}.machine`, { recursive: true });
  const { err } = await ws.crm('trust --sender', on(ws));
  expect(err).toContain('this machine sends for this workspace\n');
  expect(err).toContain('held: 1 message that another machine may have sent');
  expect(await statuses(ws)).toEqual(['filed', 'held']);
  await ws.ok('message release M2');
  await ws.ok('deliver', on(ws));
  expect(await statuses(ws)).toEqual(['filed', 'filed']);
  await add(ws, 3, 3);
  await ws.ok('run', on(ws));
  expect(await statuses(ws)).toEqual(['filed', 'filed', 'filed']);
  expect(filed(ws)).toHaveLength(3);
});

test('a machine that sends already changes nothing', async () => {
  const ws = await mailing(1);
  await ws.ok('deliver', on(ws));
  const before = await messages(ws);
  expect(await ws.json('trust --sender', on(ws))).toEqual({ sender: true, changed: false, held: [] });
  expect(await messages(ws)).toEqual(before);
});

test('a dry run names what it would hold, and holds nothing', async () => {
  const ws = await mailing(1);
  const { err } = await ws.crm('trust --sender --dry-run', on(ws));
  expect(err).toContain('this machine would send for this workspace');
  expect(await statuses(ws)).toEqual(['queued']);
});

test('it is not combined with trust in a directory', async () => {
  const ws = await mailing(1);
  expect(await ws.crm('trust --sender --revoke', on(ws))).toMatchObject({ code: 2, out: '' });
  expect(await ws.crm('trust --sender --show', on(ws))).toMatchObject({ code: 2, out: '' });
});
