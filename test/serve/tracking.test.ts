import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isMachine } from '../../src/serve/tracking.ts';
import type { Mail } from '../../src/channels/channel.ts';
import { type TestWorkspace, workspace } from '../harness.ts';
import { deliverBy, FakeChannel } from '../app/outbox/mails.ts';
import { addSettings, served } from './running.ts';

const browser = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 Safari/537.36',
};

const template = `---
subject: Chairs
KEYS
---
Hello {{ contact.name }}, see [our chairs](https://www.example.com/chairs?a=1&b=2) and <https://www.example.com/tables>.
`;

/** Of a campaign: when and where it was given. */
const consent = ['--consent', 'yes', '--consent-at', '2026-01-05', '--consent-source', 'fair'];

async function sent(keys: string, settings: string): Promise<{ ws: TestWorkspace; mail: Mail }> {
  const ws = await workspace('empty');
  await ws.ok(['template', 'add', 'chairs', '--subject', 'x', '-'], { stdin: 'x' }).catch(() => '');
  writeFileSync(join(ws.dir, 'templates/chairs.md'), template.replace('KEYS', keys));
  addSettings(ws, settings);
  await ws.ok(['automation', 'add', 'offer', '-'], {
    stdin:
      'name: Offer\nfor: contact\non: [created]\nsteps:\n  - send-email: { to: contact, template: chairs }\n',
  });
  await ws.ok('run');
  const link = 'Kim [x](https://evil.example)';
  await ws.ok(['contact', 'add', '--name', link, '--email', 'kim@example.com', ...consent]);
  await ws.ok('run');
  const channel = new FakeChannel();
  await deliverBy(ws, channel);
  return { ws, mail: channel.got[0] as Mail };
}

const serve = 'serve: { address: https://crm.example.com }';
const pathsIn = (html: string, letter: string) =>
  [...html.matchAll(new RegExp(`"https://crm\\.example\\.com(/${letter}/[^"]+)"`, 'g'))].map(
    ([, path]) => path!,
  );
const events = (ws: TestWorkspace) => ws.json<{ name: string; props: object }[]>('event list');

test('opens and clicks of a tracked mail are events, and a link leads where the stored message says', async () => {
  const { ws, mail } = await sent('track: true', serve);
  const [image] = pathsIn(mail.html!, 'o');
  const links = pathsIn(mail.html!, 'c');
  expect(links).toHaveLength(2);
  expect(mail.html).not.toContain('href="https://www.example.com');
  expect(mail.text).toContain('https://www.example.com/tables');
  ws.now = new Date(Date.parse(ws.now) + 60_000).toISOString();
  const server = await served(ws);
  for (let i = 0; i < 3; i++) {
    const shown = await server.get(image!, browser);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/gif']);
  }
  const clicks = [];
  for (const path of [...links, links[0]!.replace(/\d$/, '3'), '/c/nobody/1']) {
    const answer = await server.get(`${path}?to=https://evil.example`, browser);
    clicks.push([answer.status, answer.headers.get('location')]);
  }
  expect(clicks).toEqual([
    [302, 'https://www.example.com/chairs?a=1&b=2'],
    [302, 'https://www.example.com/tables'],
    [404, null],
    [404, null],
  ]);
  const unknown = await server.get('/o/nobody', browser);
  expect(unknown.status).toBe(200);
  await server.get(image!, { 'User-Agent': 'GoogleImageProxy' });
  expect((await events(ws)).map(({ name, props }) => [name, props])).toEqual([
    ['email.opened', { message: 'M1', address: 'kim@example.com' }],
    [
      'email.clicked',
      { message: 'M1', address: 'kim@example.com', url: 'https://www.example.com/chairs?a=1&b=2' },
    ],
    ['email.clicked', { message: 'M1', address: 'kim@example.com', url: 'https://www.example.com/tables' }],
    ['email.opened', { message: 'M1', address: 'kim@example.com', machine: true }],
  ]);
  expect(server.said()).not.toContain(image!.slice(3));
});

test('a mail that is not tracked is sent as it is', async () => {
  const { ws, mail } = await sent('', serve);
  expect(mail.html).toContain('href="https://www.example.com/tables"');
  expect(mail.html).not.toContain('<img');
  expect(readFileSync(join(ws.dir, 'data/messages.jsonl'), 'utf8')).not.toContain('"token"');
});

test('a campaign says how to unsubscribe: in its headers, its text and its page', async () => {
  const { mail } = await sent('kind: campaign', `${serve}\nmail: { from: 'Acme <sales@example.com>' }`);
  const list = mail.headers['List-Unsubscribe']!;
  const [, token] = /^<https:\/\/crm\.example\.com\/u\/([\w.-]+)>/.exec(list)!;
  expect(list).toContain(`<mailto:sales@example.com?subject=unsubscribe%20${token}>`);
  expect(mail.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
  expect(mail.text).toContain(`\n\n-- \nUnsubscribe: https://crm.example.com/u/${token}\n`);
  expect(mail.html).toContain(`<a href="https://crm.example.com/u/${token}">Unsubscribe</a>`);
});

test('lint refuses a campaign that nobody can unsubscribe from', async () => {
  const ws = await workspace('empty');
  writeFileSync(join(ws.dir, 'templates/chairs.md'), template.replace('KEYS', 'kind: campaign'));
  const refused = {
    code: 5,
    err: expect.stringContaining('templates/chairs.md:3: kind: a campaign needs a way to unsubscribe'),
  };
  const lint = async () => {
    const { code, out, err } = await ws.crm('template lint');
    return { code, err: out + err };
  };
  expect(await lint()).toMatchObject(refused);
  addSettings(ws, serve);
  expect(await lint()).toMatchObject({ code: 0 });
});

test.each([
  [browser['User-Agent'], 'GET', 60_000, false],
  [browser['User-Agent'], 'GET', 9_999, true],
  [browser['User-Agent'], 'HEAD', 60_000, true],
  [undefined, 'GET', 60_000, true],
  ['', 'GET', 60_000, true],
  ['Mozilla/5.0', 'GET', 60_000, true],
  [
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    'GET',
    60_000,
    true,
  ],
  ['Mozilla/5.0 (compatible; bingbot/2.0)', 'GET', 60_000, true],
  ['curl/8.0', 'GET', 60_000, true],
])('the agent %j with %s after %i ms is a machine: %s', (agent, method, ms, machine) => {
  expect(isMachine(agent, method, ms)).toBe(machine);
});
