import { expect, test } from 'vitest';
import { underLock } from '../../src/app/core/under-lock.ts';
import { workspace } from '../harness.ts';
import { openOn } from '../app/outbox/mails.ts';
import { addSettings, served } from './running.ts';

test('a form is answered with 503 while somebody else holds the workspace for too long, and taken in when it comes again', async () => {
  const ws = await workspace();
  addSettings(ws, 'serve:\n  forms:\n    quote: { fields: { email: email, once: id } }\n');
  await ws.ok('status');
  const server = await served(ws, {}, '--lock-timeout 0.3');
  const form = { email: 'jane@example.com', once: '1' };
  expect((await server.post('/forms/quote', { ...form, once: '0' })).status).toBe(200);
  const { store } = await openOn(ws);
  const busy = await underLock(store, () => server.post('/forms/quote', form));
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await busy.text()).toContain('Busy. Please try again later.');
  expect(await ws.json('event list')).toHaveLength(1);
  expect((await server.post('/forms/quote', form)).status).toBe(200);
  expect(await ws.json('event list')).toHaveLength(2);
});
