/** Webhooks and commands of rules, from the sweep to the receiver: what a person trusts for them, and what they get. */
import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunOptions, type TestWorkspace, workspace } from '../../harness.ts';
import { deliverBy, FakeChannel, type MessageJson, messages } from './mails.ts';

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let origin = '';
let got: Got[] = [];
let answers: [number, Record<string, string>][] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', chunk => (body += chunk));
    request.on('end', () => {
      got.push({ url: request.url!, headers: request.headers, body });
      const [status, headers] = answers.shift() ?? [200, {}];
      response.writeHead(status, headers).end('ok');
    });
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  got = [];
  answers = [];
});

/** On a machine, by its clock: nothing leaves under a time that is given. */
const on = (ws: TestWorkspace, env: Record<string, string> = {}): RunOptions => ({
  env: { XDG_STATE_HOME: `${ws.dir}.machine`, CRM_NOW: '', PATH: process.env.PATH!, ...env },
});

const later = (ws: TestWorkspace, ms: number) => {
  ws.now = new Date(Date.parse(ws.now) + ms).toISOString();
};
const MINUTE = 60_000;

/** A rule for new contacts, on a machine that trusts what it needs. */
async function ruled(steps: string, files: Record<string, string> = {}): Promise<TestWorkspace> {
  const ws = await workspace('empty');
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(ws.dir, name), text);
    chmodSync(join(ws.dir, name), 0o755);
  }
  await ws.ok(['automation', 'add', 'tell', '-'], {
    stdin: `for: contact\non: [created]\nsteps:\n  - ${steps}\n`,
  });
  await ws.ok('run');
  return ws;
}

const trusting = async (steps: string, files?: Record<string, string>): Promise<TestWorkspace> => {
  const ws = await ruled(steps, files);
  await ws.ok('trust --yes', on(ws));
  return ws;
};

const addKim = (ws: TestWorkspace, name = 'Kim') => ws.ok(['contact', 'add', name]);

const hook = () => `webhook: '${origin}/hooks?name={{ contact.name }}'`;

test('a webhook waits until its origin is trusted; one that was queued before is held', async () => {
  const ws = await ruled(hook());
  await addKim(ws);
  const { code, err } = await ws.crm('run', on(ws));
  expect(code).toBe(1);
  expect(err).toContain(
    `not delivered: M1: not trusted on this machine: webhook ${origin} (internal, not encrypted) (crm trust shows`,
  );
  later(ws, MINUTE);
  expect(await ws.json('trust --yes', on(ws))).toMatchObject([
    { kind: 'webhook', what: `${origin} (internal, not encrypted)`, state: 'trusted' },
  ]);
  await ws.crm('run', on(ws));
  expect(await messages(ws)).toMatchObject([{ status: 'held' }]);
  expect(got).toEqual([]);
  await ws.ok('message release M1');
  expect((await ws.crm('deliver --dry-run', on(ws))).err).toBe(
    `would have sent 1 webhook (${origin}/hooks?name=Kim)\n`,
  );
  expect(got).toEqual([]);
  expect((await ws.crm('deliver', on(ws))).err).toBe('sent 1 webhook\n');
  expect(got.map(({ url }) => url)).toEqual(['/hooks?name=Kim']);
});

test('the receiver gets the record as it was, with the same key, until it answers, and can verify the caller', async () => {
  const ws = await trusting(hook());
  await addKim(ws, 'Kim Ö');
  answers = [[503, { 'Retry-After': '3600' }]];
  expect((await ws.crm('run', on(ws))).code).toBe(0);
  expect(await messages(ws)).toMatchObject([
    { status: 'queued', attempts: 1, reason: `${origin} answered 503` },
  ]);
  expect((await messages(ws))[0]!.nextAt).toBe(new Date(Date.parse(ws.now) + 60 * MINUTE).toISOString());
  await ws.ok(['contact', 'set', 'C1', 'name=Other']);
  later(ws, 59 * MINUTE);
  await ws.ok('deliver', on(ws));
  expect(got).toHaveLength(1);
  later(ws, MINUTE);
  await ws.ok('deliver', on(ws));
  expect(await messages(ws)).toMatchObject([{ status: 'sent', attempts: 2 }]);
  expect(await ws.json('message show M1')).toMatchObject({ response: 'HTTP 200\nok' });

  const [first, second] = got as [Got, Got];
  expect(second.url).toBe('/hooks?name=Kim%20%C3%96');
  expect(second.body).toBe(first.body);
  expect(JSON.parse(first.body)).toMatchObject({ id: 'C1', name: 'Kim Ö', emails: [] });
  expect(first.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
  expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
  const secret = (await ws.ok(['webhook', 'secret', origin], on(ws))).trim();
  const [, time, sum] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(second.headers['x-crm-signature']))!;
  expect(time).toBe(String(Date.parse(ws.now) / 1000));
  expect(sum).toBe(createHmac('sha256', secret).update(`${time}.${second.body}`).digest('hex'));
  // The secret is nowhere in the workspace, and in nothing that is printed of it.
  for (const command of ['message show M1 --json', 'history --json', 'trust --show --json', 'config --json'])
    expect((await ws.crm(command, on(ws))).out).not.toContain(secret);
});

test('the record is the subject of the rule, even if the address names another one', async () => {
  const ws = await trusting(`webhook: '${origin}/{{ deal.title | default: "none" }}'`);
  await addKim(ws);
  await ws.ok('pipeline add sales');
  await ws.ok('stage add new --pipeline sales');
  await ws.ok('deal add Chairs --contact C1');
  await ws.ok('run', on(ws));
  expect(got).toMatchObject([{ url: '/Chairs' }]);
  expect(JSON.parse(got[0]!.body)).toMatchObject({ id: 'C1', name: 'Kim' });
});

test('an origin that is down does not delay calls of another, and counts no attempt', async () => {
  const ws = await trusting(`webhook: 'http://127.0.0.1:9/x'\n  - webhook: '${origin}/y'`);
  await addKim(ws);
  await addKim(ws, 'Ann');
  const { code, err } = await ws.crm('run', on(ws));
  expect([code, got.map(({ url }) => url)]).toEqual([1, ['/y', '/y']]);
  expect(err).toContain('not delivered: M1 M3: http://127.0.0.1:9: nothing listens there');
  expect((await messages(ws)).map(({ status, attempts }) => [status, attempts])).toEqual([
    ['queued', undefined],
    ['sent', 1],
    ['queued', undefined],
    ['sent', 1],
  ]);
  // The cause is said once a day.
  expect((await ws.crm('deliver', on(ws))).code).toBe(0);
});

test('slow calls do not delay e-mails: calls go last, and those left after five minutes go next time', async () => {
  const ws = await trusting(
    `webhook: '${origin}/x'\n  - send-email: { to: kim@example.com, subject: Hi, body: Hi }`,
  );
  await addKim(ws);
  await addKim(ws, 'Ann');
  await addKim(ws, 'Bo');
  await ws.ok('run');
  const began: (string | undefined)[] = [];
  const clock = { now: Date.parse(ws.now) };
  const channel = new FakeChannel(message => {
    began.push(message.channel);
    if (message.channel === 'webhook') clock.now += 3 * MINUTE;
    return { outcome: 'sent' };
  });
  const delivery = await deliverBy(ws, channel, { clock: () => clock.now });
  // Of the e-mails two say the same to the same address.
  expect(began).toEqual(['email', 'webhook', 'webhook']);
  expect([delivery.queued.length, delivery.obstacles]).toEqual([1, []]);
  await deliverBy(ws, channel, { clock: () => clock.now });
  expect(began).toEqual(['email', 'webhook', 'webhook', 'webhook']);
});

test('calls nothing if --now is given', async () => {
  const ws = await trusting(hook());
  await addKim(ws);
  const { err } = await ws.crm('run', { env: { ...on(ws).env, CRM_NOW: ws.now } });
  expect(err).toContain('the time is given');
  expect(got).toEqual([]);
});

test('each origin has its own secret, and a replaced one stays valid for a day', async () => {
  const ws = await ruled(hook());
  const secretOf = async (args: string) => (await ws.ok(`webhook secret ${args}`, on(ws))).trim();
  const first = await secretOf(`${origin}/any/path`);
  expect(first).toMatch(/^whsec_.{16,}$/);
  expect(await secretOf(origin)).toBe(first);
  expect(await secretOf('https://example.com')).not.toBe(first);
  expect(await secretOf(`${origin} --new --dry-run`)).toBe(first);
  const second = await secretOf(`${origin} --new`);
  expect(second).not.toBe(first);
  expect(await ws.json(`webhook secret ${origin}`, on(ws))).toEqual({
    origin,
    secret: second,
    before: first,
  });
  later(ws, 24 * 60 * MINUTE);
  expect(await ws.json(`webhook secret ${origin}`, on(ws))).toEqual({ origin, secret: second });
  const own = 'a-secret-that-the-receiver-made';
  expect((await ws.ok(`webhook secret ${origin} -`, { ...on(ws), stdin: `${own}\n` })).trim()).toBe(own);
  for (const [args, stdin] of [
    ['', ''],
    ['example.com', ''],
    ['ftp://example.com', ''],
    [`${origin} more`, ''],
    [`${origin} - --new`, own],
    [`${origin} -`, 'short'],
    [`${origin} -`, 'with spaces in between it'],
  ])
    expect((await ws.crm(`webhook secret ${args}`, { ...on(ws), stdin: stdin! })).code).toBe(2);
  expect(await secretOf(origin)).toBe(own);
  await ws.ok('user add ada --role admin');
  await ws.ok('user add rob --role normal');
  expect((await ws.crm(`--as rob webhook secret ${origin}`, on(ws))).code).toBe(1);
});

test('crm.yaml says which names are meant to lead inside, and that is trusted anew', async () => {
  const ws = await trusting(`webhook: 'https://hooks.corp.example/x'`);
  const items = () => ws.json<{ what: string; state: string }[]>('trust --show', on(ws));
  expect(await items()).toMatchObject([{ what: 'https://hooks.corp.example', state: 'trusted' }]);
  const yaml = join(ws.dir, 'crm.yaml');
  const text = readFileSync(yaml, 'utf8');
  writeFileSync(yaml, `${text}webhooks: { internal: ['https://hooks.corp.example/'] }\n`);
  expect(await items()).toMatchObject([
    { what: 'https://hooks.corp.example (internal)', state: 'new' },
    { what: 'https://hooks.corp.example', state: 'unused' },
  ]);
  expect(await ws.json('config')).toMatchObject({ webhooks: { internal: ['https://hooks.corp.example'] } });
  writeFileSync(yaml, `${text}webhooks: { internal: [hooks.corp.example] }\n`);
  const { code, err } = await ws.crm('config', on(ws));
  expect(code).toBe(5);
  expect(err).toMatch(/crm\.yaml:\d+: .*"hooks\.corp\.example" is not an origin/);
});

const script = '#!/bin/sh\ncat > got.json\nprintf "%s\\n" "$@" > args\nenv > env\necho done\n';

test('a command gets the record on standard input and its arguments as they are, and nothing that is secret', async () => {
  const ws = await trusting("run: [./tell.sh, '{{ contact.name }}', -v]", { 'tell.sh': script });
  await addKim(ws, '$(id) "Kim"');
  const { code, err } = await ws.crm(
    'run',
    on(ws, {
      CRM_SMTP_PASSWORD: 'hunter2',
      CRM_USER: 'tester',
      LD_PRELOAD: '/evil.so',
      PATH: `.:${process.env.PATH}`,
    }),
  );
  expect([code, err]).toEqual([0, expect.stringContaining('sent 1 command\n')]);
  expect(readFileSync(join(ws.dir, 'args'), 'utf8')).toBe('$(id) "Kim"\n-v\n');
  expect(JSON.parse(readFileSync(join(ws.dir, 'got.json'), 'utf8'))).toMatchObject({ id: 'C1' });
  const env = readFileSync(join(ws.dir, 'env'), 'utf8');
  expect(env).toMatch(/^CRM_MESSAGE=M1$/m);
  expect(env).toMatch(/^CRM_USER=tester$/m);
  expect(env).toMatch(/^PATH=\//m);
  expect(env).not.toMatch(/hunter2|LD_PRELOAD|XDG_STATE/);
  expect(await ws.json('message show M1')).toMatchObject({ status: 'sent', response: 'exit 0\ndone\n' });
});

test('a command whose file was changed waits until the file is trusted again', async () => {
  const ws = await trusting("run: [./tell.sh, '{{ contact.name }}']", { 'tell.sh': script });
  writeFileSync(join(ws.dir, 'tell.sh'), '#!/bin/sh\ntouch evil\n');
  await addKim(ws);
  const { code, err } = await ws.crm('run', on(ws));
  expect([code, err]).toEqual([1, expect.stringContaining('not trusted on this machine: command ./tell.sh')]);
  expect(existsSync(join(ws.dir, 'evil'))).toBe(false);
  expect(await ws.json('trust --show', on(ws))).toMatchObject([{ state: 'changed' }, { state: 'unused' }]);
});

test('a queued command that differs from the present rule waits, and trust is asked for the queued one', async () => {
  const ws = await trusting("run: [./tell.sh, '{{ contact.name }}']", { 'tell.sh': script });
  await addKim(ws);
  await ws.ok('run');
  writeFileSync(
    join(ws.dir, 'automations/tell.yaml'),
    "for: contact\non: [created]\nsteps: [{ run: [./tell.sh, now, '{{ contact.name }}'] }]\n",
  );
  await ws.crm('trust --yes', on(ws)).then(() => undefined);
  await ws.ok('trust --revoke Kim', on(ws));
  const { err } = await ws.crm('deliver', on(ws));
  expect(err).toContain(
    'not delivered: M1: not trusted on this machine: command ./tell.sh Kim (crm trust shows',
  );
  expect(existsSync(join(ws.dir, 'args'))).toBe(false);
});

test('a command that fails is not run again, one that says "later" is, and a missing program is not the fault of the message', async () => {
  const ws = await trusting("run: [./tell.sh, '{{ contact.name }}']", {
    'tell.sh': '#!/bin/sh\necho "$1" >> ran\ncase $1 in Later) exit 75;; *) exit 3;; esac\n',
  });
  await addKim(ws);
  await addKim(ws, 'Later');
  const { code, err } = await ws.crm('run', on(ws));
  expect([code, err]).toEqual([1, expect.stringContaining('failed: M1: ./tell.sh ended with exit code 3')]);
  const states = async () =>
    (await messages(ws)).map(({ status, attempts }: MessageJson) => [status, attempts]);
  expect(await states()).toEqual([
    ['failed', 1],
    ['queued', 1],
  ]);
  later(ws, 6 * MINUTE);
  await ws.ok('deliver', on(ws));
  expect(readFileSync(join(ws.dir, 'ran'), 'utf8')).toBe('Kim\nLater\nLater\n');
  chmodSync(join(ws.dir, 'tell.sh'), 0o644);
  later(ws, 31 * MINUTE);
  const down = await ws.crm('deliver', on(ws));
  expect(down.err).toContain('./tell.sh was not started: it may not be executed');
  expect(await states()).toEqual([
    ['failed', 1],
    ['queued', 2],
  ]);
});

test('a signal ends the running command, whose outcome is unknown; the rest stays queued', async () => {
  const ws = await trusting("run: [./tell.sh, '{{ contact.name }}']", {
    'tell.sh': '#!/bin/sh\necho $$ >> ran\nsleep 60 & wait\n',
  });
  await addKim(ws);
  await addKim(ws, 'Ann');
  const ran = () => (existsSync(join(ws.dir, 'ran')) ? readFileSync(join(ws.dir, 'ran'), 'utf8') : '');
  const stopAfterBeginning = async (stop: () => void) => {
    await expect.poll(ran).not.toBe('');
    stop();
  };
  const { code, err } = await ws.crm('run', { ...on(ws), onStop: stop => void stopAfterBeginning(stop) });
  expect(code).toBe(130);
  expect(err).toContain('unknown: M1: ./tell.sh was ended with the delivery: it may have done its work');
  expect(err).toContain('stopped: messages that did not leave stay queued');
  expect((await messages(ws)).map(({ status }) => status)).toEqual(['unknown', 'queued']);
  expect(ran().trim().split('\n')).toHaveLength(1);
});

test('the payload that a receiver got is in the history only for users who see all records', async () => {
  const ws = await trusting(hook());
  await ws.ok('user add ada --role admin');
  await ws.ok('user add rob --role restricted');
  await ws.ok('user add eve --role normal');
  await ws.ok('account add Hidden --owner eve');
  await ws.ok('contact add Kim --owner rob --account A1', on(ws, { CRM_USER: 'ada' }));
  await ws.ok('run', on(ws, { CRM_USER: 'ada' }));
  expect(JSON.parse(got[0]!.body)).toMatchObject({ account: 'A1' });
  const historyOf = async (user: string) => (await ws.crm(`--as ${user} history M1 --json`)).out;
  expect(await historyOf('ada')).toContain('payload');
  expect(await historyOf('rob')).toContain('"sent"');
  expect(await historyOf('rob')).not.toMatch(/payload|A1/);
});
