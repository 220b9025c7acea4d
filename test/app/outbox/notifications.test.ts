/** How a user is told beside the inbox: by mail and on the desktop, each with a state of its own. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunOptions, type TestWorkspace, workspace } from '../../harness.ts';
import { filed } from './mails.ts';

interface Told {
  readonly channel: string;
  readonly to: string;
  readonly status: string;
  readonly subject?: string;
}

const told = async (ws: TestWorkspace) =>
  (await ws.json<Told[]>('message list')).map(each => `${each.channel} ${each.to} ${each.status}`);

/** Ana and ben are told of each contact; a program stands where notify-send would be. */
async function telling(
  notify: string,
  notifier = 'printf "%s|" "$@" > "$HOME/shown"',
): Promise<TestWorkspace> {
  const ws = await workspace('empty');
  mkdirSync(`${ws.dir}.home`);
  writeFileSync(`${ws.dir}.home/notify-send`, `#!/bin/sh\n${notifier}\n`);
  chmodSync(`${ws.dir}.home/notify-send`, 0o755);
  await ws.ok('user add ana --role admin --email ana@example.com');
  await ws.ok('user add ben --email ben@example.com');
  await ws.ok(`user set ana notify=${notify}`);
  await ws.ok(['automation', 'add', 'tell', '-'], {
    stdin: `for: contact\non: [created]\nsteps:
  - notify: { user: ana, text: "<b>{{ contact.name }}</b> & co\\nis new" }
  - notify: { user: ben, text: 'new: {{ contact.name }}' }
`,
  });
  await ws.ok(['automation', 'add', 'echo', '-'], {
    stdin: `for: contact\non: [email-sent]\nsteps: [{ add-note: mailed }]\n`,
  });
  await ws.ok('run');
  return ws;
}

const on = (ws: TestWorkspace, user = 'ana'): RunOptions => ({
  env: {
    XDG_STATE_HOME: `${ws.dir}.machine`,
    HOME: `${ws.dir}.home`,
    PATH: `${ws.dir}.home:/usr/bin:/bin`,
    CRM_NOW: '',
    CRM_USER: user,
  },
});

const shown = (ws: TestWorkspace) =>
  existsSync(`${ws.dir}.home/shown`) ? readFileSync(`${ws.dir}.home/shown`, 'utf8') : undefined;

test('by mail, with the text in its subject and the record; it does not count as an e-mail to a customer', async () => {
  const ws = await telling('mail');
  await ws.ok('contact add Kim');
  const { err } = await ws.crm('run', on(ws));
  expect(err).toContain('wrote 1 e-mail to mail/out');
  expect(err).toContain('told 2 notifications');
  expect(await told(ws)).toEqual([
    'notify ana filed',
    'notify-mail ana@example.com filed',
    'notify ben filed',
  ]);
  const [mail, ...others] = filed(ws);
  expect(others).toEqual([]);
  expect(mail).toMatch(/^To: ana@example.com$/m);
  expect(mail).toMatch(/^Subject: <b>Kim<\/b> & co \(C1\)$/m);
  expect(mail).toMatch(/^Auto-Submitted: auto-generated$/m);
  expect(await ws.json('--as ana inbox')).toHaveLength(1);
});

test('a mail to a user starts no rule that looks at mail to contacts', async () => {
  const ws = await telling('mail');
  await ws.ok('contact add Kim');
  await ws.ok('run');
  await ws.ok('message mark-sent M2');
  await ws.ok('run');
  expect(await told(ws)).toContain('notify-mail ana@example.com sent');
  expect(await ws.json('automation enrolments echo')).toEqual([]);
});

test('two about the same record are two mails: nobody misses one because it reads like another', async () => {
  const ws = await telling('mail');
  await ws.ok('contact add Kim');
  await ws.ok('contact add Kim');
  await ws.ok('run', on(ws));
  expect(filed(ws)).toHaveLength(2);
});

test('on the desktop, once that is trusted, as text and nothing else', async () => {
  const ws = await telling('desktop');
  await ws.ok('contact add Kim');
  expect((await ws.crm('run', on(ws))).err).toContain(
    'not trusted on this machine: desktop notifications by notify-send',
  );
  expect(shown(ws)).toBeUndefined();
  await ws.ok('trust --yes', on(ws));
  await ws.crm('message release M2', on(ws));
  await ws.ok('deliver', on(ws));
  expect(await told(ws)).toEqual(['notify ana filed', 'notify-desktop ana sent', 'notify ben filed']);
  const { name } = await ws.json<{ name: string }>('config');
  expect(shown(ws)).toBe(`--app-name=crm|--|${name}|&lt;b&gt;Kim&lt;/b&gt; &amp; co\nis new|`);
});

test('a notification for somebody else is not shown on this desktop', async () => {
  const ws = await telling('desktop');
  await ws.ok('trust --yes', on(ws));
  await ws.ok('contact add Kim');
  await ws.ok('run', on(ws, 'ben'));
  expect(await told(ws)).toContain('notify-desktop ana filed');
  expect(shown(ws)).toBeUndefined();
});

test('without a desktop it waits, and the missing part is named', async () => {
  const ws = await telling('desktop', 'echo "no bus" >&2; exit 1');
  await ws.ok('trust --yes', on(ws));
  await ws.ok('contact add Kim');
  const { code, err } = await ws.crm('run', on(ws));
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('not delivered: M2: notify-send reached no desktop'),
  ]);
  expect(await told(ws)).toContain('notify-desktop ana queued');
  const missing = { env: { ...on(ws).env, PATH: join(ws.dir, 'nowhere') } };
  expect((await ws.crm('deliver', missing)).err).toContain(
    'notify-send was not started: it is not installed',
  );
});

test('by mail needs an address, and the settings say so', async () => {
  const ws = await workspace('empty');
  await ws.ok('user add ana --role admin');
  const { code, err } = await ws.crm('user set ana notify=mail');
  expect([code, err]).toEqual([
    expect.any(Number),
    expect.stringContaining('ana has no e-mail address to be told at'),
  ]);
  expect(code).not.toBe(0);
  expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).not.toContain('notify');
  await ws.ok('user set ana notify=mail email=ana@example.com');
  expect((await ws.crm('user set ana email=')).code).not.toBe(0);
});
