import { expect, test } from 'vitest';
import { repeatedly } from '../../src/serve/repeatedly.ts';
import { workspace } from '../harness.ts';
import { deliverBy, FakeChannel, messages } from '../app/outbox/mails.ts';
import { addSettings, served } from './running.ts';

const rule = `name: Thanks
for: contact
runs: every-time
on: [{ event: { name: form.submitted, where: 'prop.form:quote' } }]
steps:
  - send-email: { to: contact, subject: 'Thank you, {{ contact.name }}', body: '{{ event.props.message }}' }
`;

test('a server that sweeps does what a form starts, and delivers it', async () => {
  const ws = await workspace('empty');
  const env = { XDG_STATE_HOME: `${ws.dir}.state` };
  await ws.ok(['automation', 'add', 'thanks', '-'], { stdin: rule });
  addSettings(ws, 'serve: { forms: { quote: {} } }');
  await ws.ok('run', { env });
  const server = await served(ws, { env }, '--sweep 1s');
  await server.post('/forms/quote', {
    email: 'jane@example.com',
    name: 'Jane',
    message: 'https://evil.example',
  });
  for (let looks = 0; !/e-mail/.test(server.said()); looks++) {
    if (looks > 1500) throw new Error(`it said ${server.said()}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  await server.stop();
  expect(await ws.json('message list')).toMatchObject([{ status: 'filed', to: 'jane@example.com' }]);
});

test('sweeps follow each other, also after one that failed, and the last one is waited for', async () => {
  const log: string[] = [];
  let count = 0;
  const sweeps = repeatedly(
    5,
    async () => {
      const n = ++count;
      log.push(`begin ${n}`);
      await new Promise(resolve => setTimeout(resolve, 15));
      log.push(`end ${n}`);
      if (n === 1) throw new Error('broken');
    },
    error => log.push((error as Error).message),
  );
  while (count < 3) await new Promise(resolve => setTimeout(resolve, 1));
  await sweeps.stop();
  expect(log).toEqual(['begin 1', 'end 1', 'broken', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(log).toHaveLength(7);
});

test('how often to sweep is a number of seconds, minutes or hours', async () => {
  const ws = await workspace('empty');
  expect(await ws.crm('serve --sweep often')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--sweep 5m'),
  });
});

test('an address gets the mails of one sending of a form a day, however often somebody types it in', async () => {
  const ws = await workspace('empty');
  const two = rule.replace(/ {2}- send-email.*\n/, line => line + line.replace('Thank you', 'Welcome'));
  await ws.ok(['automation', 'add', 'thanks', '-'], { stdin: two });
  addSettings(ws, 'serve: { forms: { quote: { rate: 999/s }, other: {} } }');
  await ws.ok('run');
  const server = await served(ws);
  const channel = new FakeChannel();
  const send = async (hours: number, email: string) => {
    ws.now = new Date(Date.parse('2026-09-14T08:00:00Z') + hours * 3_600_000).toISOString();
    await server.post('/forms/quote', { email, message: 'Hello' });
    await ws.ok('run');
    await deliverBy(ws, channel);
  };
  await send(0, 'jane@example.com');
  await send(2, 'JANE@example.com');
  await send(3, 'ben@example.com');
  await send(23, 'jane@example.com');
  await send(25, 'jane@example.com');
  const became = (await messages(ws)).map(({ to, status, reason }) => [to, status, reason ?? '']);
  const why = 'the form quote wrote to jane@example.com within a day already';
  expect(became).toEqual([
    ['jane@example.com', 'sent', ''],
    ['jane@example.com', 'sent', ''],
    ['jane@example.com', 'suppressed', why],
    ['jane@example.com', 'suppressed', why],
    ['ben@example.com', 'sent', ''],
    ['ben@example.com', 'sent', ''],
    ['jane@example.com', 'suppressed', why],
    ['jane@example.com', 'suppressed', why],
    ['jane@example.com', 'sent', ''],
    ['jane@example.com', 'sent', ''],
  ]);
});
