/** A real server that answers as it is told, and is not the internet: where the channel may call it, that is said. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Answer, Call } from '../../src/channels/channel.ts';
import type { Resolve } from '../../src/channels/http-post.ts';
import { type WebhookSettings, webhookChannel } from '../../src/channels/webhook.ts';

interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let origin = '';
let got: Got[] = [];
let connections = 0;
let listener: RequestListener = (_, response) => void response.end();

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', chunk => (body += chunk));
    request.on('end', () => {
      got.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      listener(request, response);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  got = [];
  connections = 0;
  listener = (_, response) => void response.end('thanks');
});

const AT = Date.parse('2026-09-14T08:00:00Z');
const call = (more: Partial<Call> = {}): Call => ({
  channel: 'webhook',
  id: 'M1',
  key: 'key-of-m1',
  attempt: 1,
  at: AT,
  url: `${origin}/hooks/won?id=D1`,
  body: '{"title":"Stühle"}',
  ...more,
});
const settings: WebhookSettings = {
  isInternal: () => true,
  secretsOf: async () => ['whsec'],
  userAgent: 'crm/test',
  timeout: 400,
};
const open = (more: Partial<WebhookSettings> = {}) => webhookChannel({ ...settings, ...more });
const never = new AbortController().signal;

async function send(message = call(), more: Partial<WebhookSettings> = {}): Promise<Answer> {
  const channel = open(more);
  try {
    return await channel.send(message, never);
  } finally {
    await channel.close?.();
  }
}

test('posts the body with a key and a signature over time and body, and keeps the answer', async () => {
  expect(await send()).toEqual({ outcome: 'sent', response: 'HTTP 200\nthanks' });
  const [{ method, url, headers, body }] = got as [Got];
  expect([method, url, body]).toEqual(['POST', '/hooks/won?id=D1', '{"title":"Stühle"}']);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'idempotency-key': 'key-of-m1',
    'user-agent': 'crm/test',
    host: new URL(origin).host,
  });
  const sum = createHmac('sha256', 'whsec')
    .update(`${AT / 1000}.${body}`)
    .digest('hex');
  expect(headers['x-crm-signature']).toBe(`t=${AT / 1000},v1=${sum}`);
});

test('signs with both secrets while one replaces the other', async () => {
  await send(call(), { secretsOf: async () => ['new', 'old'] });
  const sums = ['new', 'old'].map(secret =>
    createHmac('sha256', secret)
      .update(`${AT / 1000}.${call().body}`)
      .digest('hex'),
  );
  expect(got[0]!.headers['x-crm-signature']).toBe(`t=${AT / 1000},v1=${sums[0]},v1=${sums[1]}`);
});

test('a text that is not JSON is called so', async () => {
  await send(call({ body: 'Chairs is won' }));
  expect(got[0]!.headers['content-type']).toBe('text/plain; charset=utf-8');
});

test.each<[number, Record<string, string>, Partial<Answer>]>([
  [204, {}, { outcome: 'sent' }],
  [500, {}, { outcome: 'temporary' }],
  [503, { 'Retry-After': '120' }, { outcome: 'temporary', retryAfter: 120_000 }],
  [503, { 'Retry-After': 'Mon, 14 Sep 2026 08:05:00 GMT' }, { outcome: 'temporary', retryAfter: 300_000 }],
  [503, { 'Retry-After': 'Mon, 14 Sep 2020 08:05:00 GMT' }, { outcome: 'temporary', retryAfter: 0 }],
  [503, { 'Retry-After': 'soon' }, { outcome: 'temporary' }],
  [429, { 'Retry-After': '7' }, { outcome: 'temporary', retryAfter: 7000 }],
  [408, {}, { outcome: 'temporary' }],
  [400, {}, { outcome: 'failed' }],
  [404, {}, { outcome: 'failed' }],
  [410, {}, { outcome: 'failed' }],
  [401, {}, { outcome: 'channel-down' }],
  [403, {}, { outcome: 'channel-down' }],
  [407, {}, { outcome: 'channel-down' }],
])('HTTP %s with %j', async (status, headers, answer) => {
  listener = (_, response) => void response.writeHead(status, headers).end('because');
  const { reason, hint: _, response, ...rest } = await send();
  expect(rest).toEqual(answer);
  expect(response).toBe(status === 204 ? 'HTTP 204' : `HTTP ${status}\nbecause`);
  expect(reason).toBe(status === 204 ? undefined : `${origin} answered ${status}`);
  expect(got).toHaveLength(1);
});

test.each([301, 302, 303, 307, 308])(
  'does not follow a redirect (%s), not even to the same origin',
  async status => {
    listener = (_, response) => void response.writeHead(status, { Location: '/elsewhere' }).end();
    expect(await send()).toMatchObject({
      outcome: 'failed',
      response: `HTTP ${status}\nLocation: /elsewhere`,
    });
    expect(got).toHaveLength(1);
  },
);

test('keeps the beginning of an answer without end, and ends the call', async () => {
  listener = (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(10_000)));
    };
    response.on('drain', more);
    more();
  };
  const { outcome, response } = await send();
  expect([outcome, response!.length]).toEqual(['sent', 'HTTP 200\n'.length + 4096]);
});

test('an answer that begins but does not end in time still counts', async () => {
  listener = (_, response) => void response.writeHead(200).write('tha');
  expect(await send()).toEqual({ outcome: 'sent', response: 'HTTP 200\ntha' });
});

test('one connection serves call after call; one that was closed meanwhile is made again', async () => {
  const channel = open();
  for (let i = 0; i < 3; i++) expect(await channel.send(call(), never)).toMatchObject({ outcome: 'sent' });
  expect(connections).toBe(1);
  server.closeIdleConnections();
  expect(await channel.send(call(), never)).toMatchObject({ outcome: 'sent' });
  expect([got.length, connections]).toEqual([4, 2]);
  await channel.close?.();
});

test('no answer in time is called again later; after three in a row the others of that origin wait', async () => {
  listener = () => {};
  const channel = open({ timeout: 50 });
  const outcomes: string[] = [];
  for (let i = 0; i < 5; i++) outcomes.push((await channel.send(call(), never)).outcome);
  expect(outcomes).toEqual(['temporary', 'temporary', 'temporary', 'channel-down', 'channel-down']);
  expect(got).toHaveLength(3);
  expect((await channel.send(call({ url: 'http://127.0.0.1:9/x' }), never)).reason).not.toContain('in a row');
  await channel.close?.();
});

test('after 429 the others of that origin wait for the next delivery', async () => {
  listener = (_, response) => void response.writeHead(429).end();
  const channel = open();
  expect((await channel.send(call(), never)).outcome).toBe('temporary');
  expect(await channel.send(call(), never)).toEqual({
    outcome: 'channel-down',
    reason: `${origin} asks to be called less often`,
  });
  expect(got).toHaveLength(1);
  await channel.close?.();
});

/** A server that does as it is told with each connection. */
async function sockets(serve: (socket: Socket) => void): Promise<[string, () => void]> {
  const own = createSocketServer(socket => {
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>(done => own.listen(0, '127.0.0.1', done));
  return [`http://127.0.0.1:${(own.address() as AddressInfo).port}/`, () => void own.close()];
}

test.each<[string, (socket: Socket) => void]>([
  ['cuts the connection after the request', socket => socket.once('data', () => socket.destroy())],
  ['ends it without an answer', socket => socket.once('data', () => socket.end())],
  ['answers what is not HTTP', socket => socket.once('data', () => socket.end('hello\r\n\r\n'))],
  [
    'answers with headers without end',
    socket => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`)),
  ],
])('a server that %s is called again later', async (_, serve) => {
  const [url, close] = await sockets(serve);
  expect(await send(call({ url }))).toMatchObject({ outcome: 'temporary' });
  close();
});

test('nothing was sent if nothing listens', async () => {
  const [url, close] = await sockets(() => {});
  close();
  expect(await send(call({ url }))).toEqual({
    outcome: 'channel-down',
    reason: `${new URL(url).origin}: nothing listens there`,
  });
});

test('a server that speaks no TLS is not called', async () => {
  const url = `${origin.replace('http:', 'https:')}/`;
  expect(await send(call({ url }))).toMatchObject({ outcome: 'channel-down' });
  expect(got).toEqual([]);
});

/** A name service of the test. */
const names =
  (known: Record<string, string[]>, asked: string[] = []): Resolve =>
  (host, done) => {
    asked.push(host);
    const found = known[host];
    if (!found) return done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []);
    done(
      null,
      found.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

test('an address outside the internet is called only if that was trusted', async () => {
  const isInternal = () => false;
  const { port } = new URL(origin);
  const refused = (answer: Answer, where: string) =>
    expect(answer).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringContaining(`leads to ${where}, which is not a public internet address`),
    });
  refused(await send(call(), { isInternal }), '127.0.0.1');
  refused(await send(call({ url: `http://2130706433:${port}/` }), { isInternal }), '127.0.0.1');
  refused(await send(call({ url: `http://[::ffff:127.0.0.1]:${port}/` }), { isInternal }), '::ffff:7f00:1');
  const resolve = names({ 'hooks.example.com': ['10.0.0.1', '::1'] });
  const url = `http://hooks.example.com:${port}/`;
  refused(await send(call({ url }), { isInternal, resolve }), '10.0.0.1, ::1');
  expect([got.length, connections]).toEqual([0, 0]);
});

test('a name is resolved once, and the call goes to that address by that name', async () => {
  const asked: string[] = [];
  const resolve = names({ 'hooks.example.com': ['127.0.0.1'] }, asked);
  const host = `hooks.example.com:${new URL(origin).port}`;
  expect(await send(call({ url: `http://${host}/x` }), { resolve })).toMatchObject({ outcome: 'sent' });
  expect([asked, got[0]!.headers.host]).toEqual([['hooks.example.com'], host]);
});

test('a name that is not known is a fault of the channel', async () => {
  expect(await send(call({ url: 'https://nowhere.example/' }), { resolve: names({}) })).toEqual({
    outcome: 'channel-down',
    reason: 'https://nowhere.example: the host is unknown',
  });
});

test('an address that cannot be called fails, and nothing is sent', async () => {
  for (const wrong of [
    call({ url: 'file:///etc/passwd' }),
    call({ url: 'not an address' }),
    call({ key: 'a\r\nX-Evil: 1' }),
    call({ key: 'é' }),
    call({ key: '' }),
  ])
    expect(await send(wrong)).toMatchObject({ outcome: 'failed' });
  expect([got.length, connections]).toEqual([0, 0]);
});

test('a call that was aborted may be repeated', async () => {
  listener = () => {};
  const abort = new AbortController();
  const channel = open({ timeout: 10_000 });
  const sent = channel.send(call(), abort.signal);
  await expect.poll(() => got.length).toBe(1);
  abort.abort();
  expect(await sent).toEqual({ outcome: 'temporary', reason: `${origin}: it was given up` });
  await channel.close?.();
});
