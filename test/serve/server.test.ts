/** The server alone, with short limits, under clients that mean it no good. */
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { noServe, type ServeSettings } from '../../src/domain/serve-settings.ts';
import { sentencePage } from '../../src/serve/answer.ts';
import { type Limits, usualLimits } from '../../src/serve/limits.ts';
import { type Logged, startServer } from '../../src/serve/server.ts';
import { formRequest } from './running.ts';

const settings: ServeSettings = {
  ...noServe,
  address: 'https://crm.example.com',
  trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
  forms: {
    quote: { event: 'x', fields: { email: 'email' }, required: [], rate: { count: 3, per: 60_000 } },
    busy: { event: 'x', fields: { email: 'email' }, required: [], rate: { count: 9999, per: 1 } },
  },
};

async function started(limits: Partial<Limits> = {}, handle?: () => Promise<void>, clock?: () => number) {
  const logged: Logged[] = [];
  const sizes: number[] = [];
  let now = 0;
  const running = await startServer(
    { host: '127.0.0.1', port: 0 },
    {
      settings: () => settings,
      handle: async (_, { body }) => {
        sizes.push(body.length);
        await handle?.();
        return sentencePage(200);
      },
      failed: () => sentencePage(500),
      log: request => logged.push(request),
      now: () => clock?.() ?? now,
    },
    { ...usualLimits, checkingInterval: 20, linger: 50, ...limits },
  );
  onTestFinished(() => running.stop());
  return {
    port: running.listen.port,
    logged,
    sizes,
    running,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

/** Sends bytes, and returns all that comes until the connection is closed. */
function talk(port: number, bytes: string | Buffer, keep?: (socket: Socket) => void): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.on('data', data => {
      got += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
    socket.write(bytes);
    keep?.(socket);
  });
}

const close = { Connection: 'close' };
const statusOf = (got: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(got)?.[1]);
const post = (headers: Record<string, string> = {}, path = '/forms/busy') =>
  formRequest(path, { email: 'a@example.com' }, { ...close, ...headers });

test.each([
  ['evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['evil.example:80', 421],
  ['', 421],
  ['127.0.0.1:99999', 200],
  ['localhost', 200],
  ['[::1]:80', 200],
  ['CRM.Example.com.', 200],
  ['crm.example.com:443', 200],
])('a request to the host %j is answered with %i', async (host, status) => {
  const { port } = await started();
  expect(statusOf(await talk(port, post({ Host: host })))).toBe(status);
});

test('a request that is not HTTP, or has no host, a full address, two lengths or too many headers is refused', async () => {
  const { port, sizes } = await started();
  const requests = [
    'hello\r\n\r\n',
    'POST /forms/busy HTTP/1.1\r\n\r\n',
    post().replace('POST /', 'POST http://evil.example/'),
    post({ 'Transfer-Encoding': 'chunked' }),
    post({ 'X-Much': 'x'.repeat(20_000) }),
    post({}, '/forms/busy/../quote'),
    post({}, '/'),
    post().replace('POST', 'PUT'),
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  ];
  const statuses = [];
  for (const each of requests) statuses.push(statusOf(await talk(port, each)));
  expect(statuses).toEqual([400, 400, 404, 400, 431, 404, 404, 405, Number.NaN]);
  expect(sizes).toEqual([]);
});

test('a body that is too long is refused at once, whether it declares its length or not', async () => {
  const { port, sizes } = await started();
  const long = 100 * 1024 * 1024;
  const stated = await talk(port, post({ 'Content-Length': String(long) }));
  expect(statusOf(stated)).toBe(413);
  const expecting = await talk(port, post({ 'Content-Length': String(long), Expect: '100-continue' }));
  expect(statusOf(expecting)).toBe(413);
  // 100 MB in chunks: the connection is cut long before.
  const head = `POST /forms/busy HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunk = Buffer.from(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  let sent = 0;
  const got = await talk(port, head, socket => {
    const more = () => {
      while (!socket.destroyed && sent < long) {
        sent += 65_536;
        if (!socket.write(chunk)) return void socket.once('drain', more);
      }
    };
    more();
  });
  expect(statusOf(got)).toBe(413);
  expect(sizes).toEqual([]);
});

test('a client that waits before it sends its body is told to go on', async () => {
  const { port, sizes } = await started();
  expect(await talk(port, post({ Expect: '100-continue' }))).toMatch(
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/,
  );
  expect(sizes).toEqual([21]);
});

test('clients that send slowly are cut off, and do not stop others', async () => {
  const { port, logged } = await started({ connections: 8, headersTimeout: 200, requestTimeout: 400 });
  const slow = Array.from({ length: 40 }, (_, i) =>
    talk(
      port,
      i % 2 ? 'POST /forms/busy HTTP/1.1\r\nHost: localhost\r\nX-A: ' : post({ 'Content-Length': '50' }),
      socket => {
        const timer = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    ),
  );
  expect(statusOf(await talk(port, post()))).toBe(200);
  const answers = await Promise.all(slow);
  // Cut off without a word, or told why; nobody is answered as if the request had been whole.
  expect(new Set(answers.map(statusOf))).not.toContain(200);
  expect(logged.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('more requests on one connection than are answered in time are refused, each in its order', async () => {
  let go = () => {};
  const gate = new Promise<void>(resolve => {
    go = resolve;
  });
  const { port, sizes } = await started({ pipelined: 2 }, () => gate);
  const all = formRequest('/forms/busy', { n: '1' }).repeat(5) + post();
  const got = talk(port, all);
  await new Promise(resolve => setTimeout(resolve, 50));
  go();
  const statuses = [...(await got).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  expect(statuses.slice(0, 2)).toEqual([200, 200]);
  expect(statuses).toHaveLength(6);
  expect(sizes.length).toBe(statuses.filter(status => status === 200).length);
});

test('each client has its own bucket, and a proxy that is trusted says which client it is', async () => {
  const { port, pass, logged } = await started();
  const send = async (forwarded: string) =>
    talk(port, post(forwarded === '' ? {} : { 'X-Forwarded-For': forwarded }, '/forms/quote'));
  const statuses = async (forwarded: string, count: number) => {
    const all = [];
    for (let i = 0; i < count; i++) all.push(statusOf(await send(forwarded)));
    return all;
  };
  expect(await statuses('203.0.113.7', 4)).toEqual([200, 200, 200, 429]);
  expect(await send('203.0.113.7')).toMatch(/Retry-After: 20\r\n/);
  // What the client itself put in front does not make it another one.
  expect(await statuses('198.51.100.1, 203.0.113.7, 10.1.2.3', 1)).toEqual([429]);
  expect(await statuses('203.0.113.8', 1)).toEqual([200]);
  // Addresses of one IPv6 network are one client.
  expect(await statuses('2001:db8:0:1::1', 3)).toEqual([200, 200, 200]);
  expect(await statuses('2001:db8:0:1:ffff::2', 1)).toEqual([429]);
  pass(20_000);
  expect(await statuses('203.0.113.7', 2)).toEqual([200, 429]);
  expect(new Set(logged.map(({ client }) => client))).toContain('203.0.113.7');
});

test('a request that has begun is answered when the server is told to stop, and no other', async () => {
  let go = () => {};
  const gate = new Promise<void>(resolve => {
    go = resolve;
  });
  const { port, running, sizes } = await started({}, () => gate);
  const got = talk(port, formRequest('/forms/busy', { n: '1' }));
  while (sizes.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
  const stopped = running.stop();
  expect(await talk(port, post())).toBe('');
  go();
  expect(await got).toMatch(/^HTTP\/1\.1 200 [\s\S]*Connection: close\r\n/);
  await stopped;
});

test('a request that arrived while this process was busy is answered, and a client that sends nothing still is not', async () => {
  const { port, logged } = await started(
    { headersTimeout: 200, requestTimeout: 300, idleTimeout: 5000 },
    undefined,
    Date.now,
  );
  const ask = formRequest('/forms/busy', { email: 'a@example.com' }, { Connection: 'close' });
  let busy!: () => void;
  const sent = talk(port, '', socket => {
    busy = () => {
      socket.write(ask);
      // As a large snapshot on a busy machine keeps it.
      const end = performance.now() + 600;
      while (performance.now() < end);
    };
  });
  const silent = talk(port, '');
  await new Promise(resolve => setTimeout(resolve, 50));
  // After this phase of the loop Node looks at its timers first, and then at what has arrived.
  setImmediate(busy);
  expect(await sent).toMatch(/^HTTP\/1.1 200 /);
  expect(await silent).toMatch(/^HTTP\/1.1 408 /);
  expect(logged.map(({ status }) => status)).toEqual([200, 408]);
});
