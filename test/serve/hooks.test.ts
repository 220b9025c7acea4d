import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';
import { addSettings, served } from './running.ts';

async function withHooks() {
  const ws = await workspace();
  const file = join(ws.dir, '..', 'token');
  writeFileSync(file, 'from-file\n', { mode: 0o600 });
  writeFileSync(`${file}-of-all`, 'from-file\n', { mode: 0o644 });
  addSettings(
    ws,
    `serve:
  hooks:
    shop:
      event: order.placed
      token-env: SHOP_TOKEN
      fields: { customer.email: email, customer.name: name, order.id: id, order.total: prop.total, order.at: at }
    filed: { event: x, token-file: ${file}, fields: { email: email } }
    printed: { event: x, token-command: [echo, printed], fields: { email: email } }
    open: { event: x, token-file: ${file}-of-all, fields: { email: email } }
    unset: { event: x, token-env: NOT_SET, fields: { email: email } }
`,
  );
  const env = { SHOP_TOKEN: 'geheim', PATH: process.env.PATH!, XDG_STATE_HOME: `${ws.dir}.state` };
  await ws.ok('trust --yes', { env });
  return { ws, env, server: await served(ws, { env }) };
}

const order = {
  customer: { email: 'jane@example.com', name: 'Jane Roe' },
  order: { id: 1042, total: 99.5, at: '2026-09-13T10:00:00Z' },
};

test('a hook with its token makes the event, once per id', async () => {
  const { ws, server } = await withHooks();
  const bearer = { Authorization: 'Bearer geheim' };
  const first = await server.hook('/hooks/shop', order, bearer);
  const again = await server.hook('/hooks/shop', { ...order, order: { ...order.order, total: 1 } }, bearer);
  expect([first.status, again.status]).toEqual([202, 202]);
  expect(await ws.json('event list')).toMatchObject([
    {
      name: 'order.placed',
      at: '2026-09-13T10:00:00.000Z',
      props: { total: 99.5 },
      externalId: 'shop:1042',
    },
  ]);
  expect(await ws.json('contact list')).toMatchObject([{ name: 'Jane Roe', email: 'jane@example.com' }]);
  const [{ via }] = await ws.json<[{ via: string }]>('history');
  expect(via).toBe('serve hook shop');
  const filed = await server.hook(
    '/hooks/filed',
    { email: 'a@example.com' },
    { Authorization: 'Bearer from-file' },
  );
  expect(filed.status).toBe(202);
  const printed = await server.hook(
    '/hooks/printed',
    { email: 'b@example.com' },
    { Authorization: 'Bearer printed' },
  );
  expect(printed.status).toBe(202);
});

test('a hook that does not exist is answered like a wrong secret', async () => {
  const { ws, server } = await withHooks();
  const answers = [];
  for (const [path, headers] of [
    ['/hooks/shop', {}],
    ['/hooks/shop', { Authorization: 'Bearer geheimer' }],
    ['/hooks/shop', { Authorization: 'Bearer ' }],
    ['/hooks/shop', { Authorization: 'Basic geheim' }],
    ['/hooks/open', { Authorization: 'Bearer from-file' }],
    ['/hooks/unset', { Authorization: 'Bearer ' }],
    ['/hooks/unset', { Authorization: 'Bearer undefined' }],
    ['/hooks/none', { Authorization: 'Bearer geheim' }],
  ] as const) {
    const answer = await server.hook(path, order, headers as Record<string, string>);
    answers.push([answer.status, await answer.text()]);
  }
  expect(new Set(answers.map(each => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify([401, 'This request has no valid signature.\n'])]),
  );
  expect(await ws.json('event list')).toEqual([]);
  expect(server.said()).not.toContain('geheim');
});

test('a body that says nothing usable is refused, and changes nothing', async () => {
  const { ws, server } = await withHooks();
  const bearer = { Authorization: 'Bearer geheim' };
  const statuses = [];
  for (const body of [
    '',
    '[]',
    'null',
    '{',
    '{"customer":{}}',
    '[['.repeat(50_000),
    { customer: { email: ['a@b.c'] } },
  ])
    statuses.push((await server.hook('/hooks/shop', body, bearer)).status);
  expect(statuses).toEqual([400, 400, 400, 400, 422, 400, 422]);
  const late = { ...order, order: { ...order.order, at: 'yesterday' } };
  expect((await server.hook('/hooks/shop', late, bearer)).status).toBe(422);
  expect(await ws.json('event list')).toEqual([]);
  expect((await server.get('/hooks/shop')).status).toBe(405);
});

test('a hook that is not trusted on this machine is closed, and opens when it is', async () => {
  const { ws, env, server } = await withHooks();
  await ws.ok('trust --revoke shop', { env });
  const bearer = { Authorization: 'Bearer geheim' };
  const send = () => server.hook('/hooks/shop', order, bearer);
  const wait = () => {
    ws.now = new Date(Date.parse(ws.now) + 2000).toISOString();
  };
  expect((await send()).status).toBe(202);
  wait();
  expect((await send()).status).toBe(401);
  expect(server.said()).toContain('not trusted on this machine, so closed: /hooks/shop (crm trust)');
  await ws.ok('trust --yes', { env });
  wait();
  expect((await send()).status).toBe(202);
  expect(JSON.stringify(await ws.json('trust --show', { env }))).toContain('/hooks/filed: token from /');
});
