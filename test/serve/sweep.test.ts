import { expect, test } from 'vitest';
import { repeatedly } from '../../src/serve/repeatedly.ts';
import { workspace } from '../harness.ts';
import { addSettings, served } from './running.ts';

const rule = `name: Thanks
for: contact
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
  while (!/wrote 1 e-mail/.test(server.said())) await new Promise(resolve => setTimeout(resolve, 20));
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
