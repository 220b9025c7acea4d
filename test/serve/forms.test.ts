import { expect, test } from 'vitest';
import { copiesOf, workspace } from '../harness.ts';
import { addSettings, formRequest, served } from './running.ts';

const FORMS = `
serve:
  forms:
    quote:
      fields: { email: email, name: name, company: account, size: size, message: prop.message, once: id, about: deal.title }
      required: [message]
      redirect: https://www.example.com/thanks
      origins: ['https://www.example.com']
      honeypot: website
      pipeline: sales
    plain: {}
`;

const site = { Origin: 'https://www.example.com' };

const formsWorkspace = copiesOf(async () => {
  const ws = await workspace();
  await ws.ok('field add contact size --type choice --options small,large');
  addSettings(ws, FORMS);
  return ws;
});

async function withForms() {
  const ws = await formsWorkspace();
  return { ws, server: await served(ws) };
}

const jane = { email: 'Jane@Example.com', name: 'Jane Roe', message: '40 chairs', once: 'a1' };

test('a form makes the contact, an event of theirs and a deal, in one transaction that names it', async () => {
  const { ws, server } = await withForms();
  const answer = await server.post(
    '/forms/quote',
    { ...jane, company: 'Acme', size: 'large', junk: 'x' },
    site,
  );
  expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://www.example.com/thanks']);
  const [contact] = await ws.json<Record<string, unknown>[]>('contact list');
  expect(contact).toMatchObject({
    email: 'Jane@Example.com',
    name: 'Jane Roe',
    account: 'A1',
    fields: { size: 'large' },
  });
  expect(await ws.json('event list')).toMatchObject([
    {
      name: 'form.submitted',
      contact: 'C1',
      props: { form: 'quote', message: '40 chairs' },
      externalId: 'quote:a1',
    },
  ]);
  expect(await ws.json('deal list')).toMatchObject([
    { title: 'Jane Roe', value: '0.00', contact: 'C1', account: 'A1', pipeline: 'sales' },
  ]);
  const [last] = await ws.json<{ by: string; via: string; changes: unknown[] }[]>('history');
  expect(last).toMatchObject({ by: 'crm', via: 'serve form quote' });
  expect(last!.changes).toHaveLength(4);
});

test('a form fills in empty fields, and changes neither other fields nor consent', async () => {
  const ws = await formsWorkspace();
  await ws.ok(['contact', 'add', '--email', 'jane@example.com', '--consent', 'no']);
  const server = await served(ws);
  const send = (more: object) => server.post('/forms/quote', { ...jane, once: '', ...more }, site);
  await send({ name: 'Jane Roe', consent: 'yes', owner: 'ana', tags: 'vip' });
  await send({ name: 'Mallory', email: 'JANE@example.com' });
  expect(await ws.json('contact list')).toMatchObject([
    { id: 'C1', name: 'Jane Roe', email: 'jane@example.com', consent: false, tags: [], owner: null },
  ]);
  // A second request is a second event; the open deal is one already.
  expect(await ws.json<unknown[]>('event list')).toHaveLength(2);
  expect(await ws.json<unknown[]>('deal list')).toHaveLength(1);
});

test('a wrong form is refused, and the answer names only the wrong input', async () => {
  const { ws, server } = await withForms();
  for (const [input, value] of [
    ['message', ''],
    ['email', 'jane'],
    ['email', ''],
    ['name', 'Win at https://evil.example'],
    ['size', 'huge'],
    ['message', 'x'.repeat(20_000)],
  ] as const) {
    const answer = await server.post('/forms/quote', { ...jane, [input]: value }, site);
    const text = await answer.text();
    expect([input, answer.status]).toEqual([input, 422]);
    expect(text).toContain(`look at: ${input}.`);
    expect(text).not.toMatch(/small|sales|crm/);
  }
  expect(await ws.json('contact list')).toEqual([]);
});

test('a program that fills in the honeypot is thanked, and nothing is taken in', async () => {
  const { ws, server } = await withForms();
  const answer = await server.post('/forms/quote', { ...jane, website: 'http://x' }, site);
  expect(answer.status).toBe(303);
  expect(await ws.json('contact list')).toEqual([]);
});

test('a form with origins is taken from their pages alone', async () => {
  const { server } = await withForms();
  const statuses = [];
  for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, {}, site])
    statuses.push((await server.post('/forms/quote', jane, headers as Record<string, string>)).status);
  expect(statuses).toEqual([403, 403, 403, 303]);
});

test('a form that is sent again with its id is taken in once', async () => {
  const { ws, server } = await withForms();
  const answers = await Promise.all(Array.from({ length: 8 }, () => server.post('/forms/quote', jane, site)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(303));
  expect(await ws.json<unknown[]>('event list')).toHaveLength(1);
});

test('a fault of one form does not affect forms that are committed with it', async () => {
  const { ws, server } = await withForms();
  const sent = Array.from({ length: 20 }, (_, i) =>
    server.post(
      '/forms/quote',
      { ...jane, email: `p${i}@example.com`, once: `n${i}`, size: i % 2 ? 'huge' : 'small' },
      site,
    ),
  );
  const statuses = (await Promise.all(sent)).map(({ status }) => status);
  expect(statuses).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 ? 422 : 303)));
  expect(await ws.json<unknown[]>('contact list')).toHaveLength(10);
  const history = await ws.json<{ via: string }[]>('history');
  expect(history.filter(({ via }) => via === 'serve form quote').length).toBeLessThan(10);
  expect(await ws.ok('doctor')).toBeDefined();
});

test('a form without origins is open to every page, and shows itself', async () => {
  const { ws, server } = await withForms();
  const shown = await server.get('/forms/plain');
  expect(shown.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await shown.text()).toContain('<input type="email" name="email" required>');
  const answer = await server.post('/forms/plain', { email: 'a@example.com', message: '=1+1 <b>' });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Thank you.')]);
  expect(await ws.json('event list')).toMatchObject([{ props: { form: 'plain', message: '=1+1 <b>' } }]);
});

test('forms that are pipelined on one connection are answered in order', async () => {
  const { ws, server } = await withForms();
  const one = (email: string, last = false) =>
    formRequest('/forms/plain', { email }, last ? { Connection: 'close' } : {});
  const got = await server.raw([one('a@example.com') + one('not an address') + one('b@example.com', true)]);
  expect([...got.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)).toEqual(['200', '422', '200']);
  expect(await ws.json<unknown[]>('contact list')).toHaveLength(2);
});

test('a request that is not a form is refused', async () => {
  const { server } = await withForms();
  const json = await server.hook('/forms/plain', { email: 'a@example.com' });
  expect(json.status).toBe(415);
  const bytes = await server.raw(
    'POST /forms/plain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\xff\xfe',
  );
  expect(bytes).toMatch(/^HTTP\/1\.1 (200|400|422)/);
  expect((await server.get('/forms/none')).status).toBe(404);
});

test('a state that is held open between groups sees commits and edits of files by others', async () => {
  const { ws, server } = await withForms();
  const send = (more: object) => server.post('/forms/quote', { ...jane, once: '', name: '', ...more }, site);
  await send({});
  await ws.ok(['contact', 'set', 'C1', 'name=Jane of Acme']);
  await send({ name: 'Jane Roe' });
  await ws.ok(['contact', 'add', '--email', 'ben@example.com']);
  await ws.ok('field set contact size options=small,large,huge');
  await send({ email: 'ben@example.com', size: 'huge' });
  await send({ email: 'eve@example.com' });
  const before = await ws.json<{ id: string; name: string; fields: object }[]>('contact list');
  expect(before.map(({ id, name, fields }) => [id, name, fields])).toEqual([
    ['C1', 'Jane of Acme', { size: null }],
    ['C2', 'ben@example.com', { size: 'huge' }],
    ['C3', 'eve@example.com', { size: null }],
  ]);
  await server.stop();
  expect(await ws.json('contact list')).toEqual(before);
  expect((await ws.crm('doctor')).err).toMatch(/^sound/);
});
