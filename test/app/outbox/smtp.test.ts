/** Delivery by a real mail server: trust, copies, and what is said where it does not work. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMailServer, type TestMailServer } from '../../channels/smtp-servers.ts';
import type { Ran, RunOptions, TestWorkspace } from '../../harness.ts';
import { add, mailing, messages, rule, statuses } from './mails.ts';
import { workspace } from '../../harness.ts';
import { beforeReading } from '../../store/hooked-io.ts';

const SECRET = 'hunter2-secret';
/** What processes were called with, at each login. */
const arguments_: string[] = [];
let server: TestMailServer;
beforeAll(async () => {
  server = await startMailServer({ password: SECRET, onLogin: () => arguments_.push(...runningArguments()) });
});
afterAll(() => server.close());
beforeEach(() => {
  server.got.length = 0;
});

/** The clock is the test's, and not given: so that something is sent. */
const on = (ws: TestWorkspace, env: Record<string, string> = {}): RunOptions => ({
  env: { XDG_STATE_HOME: `${ws.dir}.machine`, CRM_NOW: '', HOME: `${ws.dir}.home`, ...env },
});
const withPassword = (ws: TestWorkspace) => on(ws, { CRM_SMTP_PASSWORD: SECRET });

const settings = (more = '', secret = 'password-env: CRM_SMTP_PASSWORD') => `mail:
  from: 'Acme Sales <sales@example.com>'
  via: smtp
${more}  smtp: { host: 127.0.0.1, port: ${server.port}, tls: none, user: sales, ${secret} }
`;

const setMail = (ws: TestWorkspace, text: string) => appendFileSync(join(ws.dir, 'crm.yaml'), text);

/** A workspace whose mail is trusted before anything is queued. */
async function trusted(text: string, contacts = 1): Promise<TestWorkspace> {
  const ws = await workspace('empty');
  setMail(ws, text);
  await ws.ok('trust --yes', on(ws));
  await ws.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
  await ws.ok('run');
  await add(ws, 1, contacts);
  await ws.ok('run');
  return ws;
}

test('a message without trust stays queued, and is reported once, with the next command', async () => {
  const ws = await mailing(2);
  setMail(ws, settings());
  const first = await ws.crm('deliver', withPassword(ws));
  expect([first.code, first.err]).toEqual([
    1,
    `not delivered: M1 M2: not trusted on this machine: mail server 127.0.0.1:${server.port} (none) (crm trust shows what this workspace would do, and asks)\n`,
  ]);
  expect(await ws.crm('deliver', withPassword(ws))).toMatchObject({ code: 0 });
  expect([await statuses(ws), server.got.length]).toEqual([['queued', 'queued'], 0]);
  expect(await ws.json('status', withPassword(ws))).toMatchObject({
    messages: { queued: 2 },
    outbox: { untrusted: 2 },
  });
  const status = (tty: number) => ws.ok('status', { ...withPassword(ws), tty });
  expect((await status(100)).replaceAll('\u00a0', ' ')).toContain(
    '2 queued (crm message list); 2 need trust (crm trust)',
  );
  await ws.ok('trust --yes', on(ws));
  expect(await ws.json('status', withPassword(ws))).toMatchObject({ outbox: { untrusted: 0 } });
});

test('a message whose trust is revoked during a delivery does not leave any more', async () => {
  let ws: TestWorkspace | undefined;
  const revoking = await startMailServer({
    password: SECRET,
    onMailFrom(_, __, done) {
      void ws!.crm('trust --revoke 127.0.0.1 --yes', on(ws!)).then(() => done());
    },
  });
  try {
    ws = await trusted(settings().replace(String(server.port), String(revoking.port)), 3);
    const { code, err } = await ws.crm('deliver', withPassword(ws));
    expect([code, err]).toEqual([1, expect.stringContaining('not delivered: M2 M3: not trusted')]);
    expect([await statuses(ws), revoking.got.length]).toEqual([['sent', 'queued', 'queued'], 1]);
  } finally {
    await revoking.close();
  }
});

test('trust is read as often for many messages as for few', async () => {
  const reads = async (contacts: number) => {
    const ws = await trusted(settings(), contacts);
    let count = 0;
    const io = beforeReading(path => {
      if (path.endsWith('trust.json')) count++;
    });
    await ws.ok('deliver --dry-run', { ...withPassword(ws), io });
    return count;
  };
  expect(await reads(20)).toBe(await reads(2));
});

test('a message that was queued before its channel was trusted is held until a person releases it', async () => {
  const ws = await mailing(1);
  setMail(ws, settings());
  ws.now = '2026-09-14T09:00:00.000Z';
  await ws.ok('trust --yes', on(ws));
  expect(await ws.crm('deliver', withPassword(ws))).toMatchObject({
    code: 1,
    err: expect.stringContaining('M1: it was queued before its channel was trusted'),
  });
  expect(await statuses(ws)).toEqual(['held']);
  await add(ws, 2, 2);
  await ws.ok('run', { env: { CRM_NOW: '' } });
  await ws.ok('deliver', withPassword(ws));
  expect(server.got.map(({ to }) => to)).toEqual([['kim2@example.com']]);
  await ws.ok('message release M1');
  await ws.ok('deliver', withPassword(ws));
  expect(await statuses(ws)).toEqual(['sent', 'sent']);
});

test('sends each e-mail once, from the address of the settings', async () => {
  const ws = await trusted(settings("  reply-to: 'Ana <ana@example.com>'\n"), 3);
  expect((await ws.crm('deliver', withPassword(ws))).err).toBe('sent 3 e-mails\n');
  expect((await ws.crm('deliver', withPassword(ws))).err).toBe('nothing to deliver\n');
  expect(server.got.map(({ to }) => to[0])).toEqual([
    'kim1@example.com',
    'kim2@example.com',
    'kim3@example.com',
  ]);
  expect(server.got[0]!.text).toMatch(/^From: Acme Sales <sales@example.com>\r$/m);
  expect(server.got[0]!.text).toMatch(/^Reply-To: Ana <ana@example.com>\r$/m);
  expect((await messages(ws))[0]).toMatchObject({
    status: 'sent',
    response: expect.stringContaining('queued as Q1'),
  });
});

test('a copy for bcc is a message of its own, after the e-mail was sent, and starts no rule', async () => {
  const ws = await trusted(settings('  bcc: archive@example.com\n'), 2);
  await ws.ok('deliver', withPassword(ws));
  expect(await ws.json('message list --fields id,channel,status,to,copyOf')).toMatchObject([
    { channel: 'email', status: 'sent' },
    { channel: 'email', status: 'sent' },
    { channel: 'bcc', status: 'queued', to: 'archive@example.com', copyOf: 'M1' },
    { channel: 'bcc', status: 'queued', to: 'archive@example.com', copyOf: 'M2' },
  ]);
  await ws.ok('deliver', withPassword(ws));
  await ws.ok('deliver', withPassword(ws));
  expect(server.got.map(({ to }) => to[0])).toEqual([
    'kim1@example.com',
    'kim2@example.com',
    'archive@example.com',
    'archive@example.com',
  ]);
  const [first, , copy] = server.got;
  expect(copy!.text.replace(/^(Received|Date):.*$/gm, '')).toContain('To: kim1@example.com');
  expect(/^Message-ID: .*$/m.exec(copy!.text)![0]).toBe(/^Message-ID: .*$/m.exec(first!.text)![0]);
});

test.each([
  ['', 'nobody has said', '$CRM_SMTP_PASSWORD is not set'],
  ['other-secret', 'it is wrong', 'does not let sales in: 535'],
])('a secret %j stops the channel and suppresses nobody: %s', async (value, _, why) => {
  const ws = await trusted(settings(), 2);
  const env = value === '' ? on(ws) : on(ws, { CRM_SMTP_PASSWORD: value });
  const { code, err } = await ws.crm('deliver', env);
  expect([code, err]).toEqual([1, expect.stringContaining(`not delivered: M1 M2: `)]);
  expect(err).toContain(why);
  expect(await statuses(ws)).toEqual(['queued', 'queued']);
  expect((await ws.crm('deliver', withPassword(ws))).err).toBe('sent 2 e-mails\n');
});

test('changing via sends nothing that was filed', async () => {
  const ws = await mailing(2);
  await ws.ok('deliver', on(ws));
  setMail(ws, settings());
  await ws.ok('trust --yes', on(ws));
  expect(await ws.crm('deliver', withPassword(ws))).toMatchObject({ code: 0 });
  expect([await statuses(ws), server.got.length]).toEqual([['filed', 'filed'], 0]);
});

test('a program that is trusted, and was changed since, is asked for again', async () => {
  const ws = await workspace('empty');
  const out = `${ws.dir}.out`;
  const program = join(ws.dir, 'mta.sh');
  writeFileSync(program, `#!/bin/sh\ncat >> ${out}\n`);
  chmodSync(program, 0o755);
  setMail(ws, 'mail: { from: sales@example.com, via: sendmail, sendmail: [./mta.sh, -t] }\n');
  await ws.ok('trust --yes', on(ws));
  await ws.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
  await ws.ok('run');
  await add(ws, 1, 1);
  await ws.ok('run');
  expect((await ws.crm('deliver', on(ws))).err).toBe('sent 1 e-mail\n');
  expect(readFileSync(out, 'utf8')).toContain('To: kim1@example.com');
  writeFileSync(program, `#!/bin/sh\necho evil >> ${out}\n`);
  await add(ws, 2, 2);
  await ws.ok('run');
  expect((await ws.crm('deliver', on(ws))).err).toContain(
    'not trusted on this machine: mail program ./mta.sh -t',
  );
  expect(readFileSync(out, 'utf8')).not.toContain('evil');
});

/** The command lines of all processes, where the system shows them. */
function runningArguments(): string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc').flatMap(pid => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, 'latin1')] : [];
    } catch {
      return [];
    }
  });
}

/** All that is written below a directory, as one text. */
const allIn = (dir: string): string =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map(name => join(dir, name))
    .filter(path => statSync(path).isFile())
    .map(path => readFileSync(path, 'latin1'))
    .join('\n');

test.each([
  ['password-env: CRM_SMTP_PASSWORD', 'env'],
  ['password-file: ~/secret', 'file'],
  ['password-command: [cat, SECRET]', 'command'],
])('with %s, the secret is nowhere but where it is kept', async (source, kind) => {
  const ws = await trusted(settings('', source.replace('SECRET', `${'/tmp'}/unused`)), 1);
  const home = `${ws.dir}.home`;
  const { mkdirSync } = await import('node:fs');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  if (kind === 'command') {
    const yaml = join(ws.dir, 'crm.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('/tmp/unused', join(home, 'secret')));
    await ws.ok('trust --yes', on(ws));
    await ws.ok('message list');
  }
  const env = kind === 'env' ? withPassword(ws) : on(ws);
  const ran: Ran[] = [];
  for (const args of [
    'deliver',
    'message release M1',
    'deliver',
    'message list --json',
    'trust --show',
    'config',
    'history --json',
  ])
    ran.push(await ws.crm(args, env));
  expect(server.got).toHaveLength(1);
  expect(server.got[0]!.user).toBe('sales');
  expect(arguments_.length > 0 || !existsSync('/proc/self/cmdline')).toBe(true);
  const said = [...arguments_, ...ran.map(({ out, err }) => out + err)].join('\n');
  for (const form of [
    SECRET,
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(`\0sales\0${SECRET}`).toString('base64'),
  ])
    expect(said + allIn(ws.dir) + allIn(`${ws.dir}.machine`) + allIn(`${ws.dir}.caches`)).not.toContain(form);
});
