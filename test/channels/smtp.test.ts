import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Channel, Mail } from '../../src/channels/channel.ts';
import { smtpChannel, type SmtpServer } from '../../src/channels/smtp.ts';
import { certificate, key } from './localhost-certificate.ts';
import {
  type Break,
  type Breaker,
  startMailServer,
  startBreaker,
  type TestMailServer,
} from './smtp-servers.ts';

const mail: Mail = {
  channel: 'email',
  id: 'M12',
  key: 'M12',
  attempt: 1,
  at: Date.parse('2026-09-14T08:00:00Z'),
  from: 'Acme <sales@example.com>',
  to: 'kim@example.com',
  subject: 'Hello',
  messageId: '<abc@example.com>',
  headers: {},
  text: 'Hello Kim\n',
};
const abort = new AbortController().signal;
const SECRET = 'hunter2-secret';
const login = { user: 'sales', secret: { isToken: false, read: async () => SECRET } };

let server: TestMailServer;
let secure: TestMailServer;
let proxy: Breaker;
let secureProxy: Breaker;
beforeAll(async () => {
  server = await startMailServer();
  secure = await startMailServer({ key, cert: certificate });
  proxy = await startBreaker(server.port);
  secureProxy = await startBreaker(secure.port);
});
afterAll(async () => {
  for (const each of [proxy, secureProxy, server, secure]) await each.close();
});
beforeEach(() => {
  proxy.breaks = undefined;
  secureProxy.breaks = undefined;
  server.got.length = 0;
  secure.got.length = 0;
});

const over = (port: number, some: Partial<SmtpServer> = {}): Channel =>
  smtpChannel({ host: 'localhost', port, tls: 'none', ...some });
async function sent(channel: Channel, some: Partial<Mail> = {}): Promise<Answer> {
  const answer = await channel.send({ ...mail, ...some }, abort);
  await channel.close?.();
  expect(JSON.stringify(answer)).not.toContain(SECRET);
  return answer;
}

describe('broken at', () => {
  const cuts: readonly (readonly [Break, Answer['outcome']])[] = [
    ['connect', 'channel-down'],
    ['EHLO', 'channel-down'],
    ['STARTTLS', 'channel-down'],
    ['AUTH', 'channel-down'],
    ['MAIL', 'channel-down'],
    ['RCPT', 'temporary'],
    ['DATA', 'temporary'],
    ['body', 'unknown'],
    ['.', 'unknown'],
  ];
  const replies: readonly (readonly [Break, string, Partial<Answer>])[] = [
    ['connect', '421 4.3.2 come back later', { outcome: 'channel-down' }],
    ['connect', '554 5.7.1 blocked', { outcome: 'channel-down' }],
    ['EHLO', '421 4.3.2 busy', { outcome: 'channel-down' }],
    ['STARTTLS', '454 4.7.0 not now', { outcome: 'channel-down' }],
    ['STARTTLS', '502 5.5.1 unknown', { outcome: 'channel-down' }],
    ['AUTH', '535 5.7.8 bad credentials', { outcome: 'channel-down' }],
    ['AUTH', '454 4.7.0 not now', { outcome: 'channel-down' }],
    ['MAIL', '451 4.3.0 not now', { outcome: 'channel-down' }],
    ['MAIL', '550 5.7.60 not as this sender', { outcome: 'channel-down' }],
    ['MAIL', '552 5.3.4 too large', { outcome: 'failed' }],
    ['RCPT', '450 4.2.1 later', { outcome: 'temporary' }],
    ['RCPT', '451 4.7.1 greylisted', { outcome: 'temporary' }],
    ['RCPT', '421 4.7.0 too many', { outcome: 'channel-down' }],
    ['RCPT', '550 5.1.1 no such user', { outcome: 'failed', isAddressBad: true }],
    ['RCPT', '553 5.1.3 bad address', { outcome: 'failed', isAddressBad: true }],
    ['RCPT', '550 5.1.10 no such domain', { outcome: 'failed', isAddressBad: true }],
    ['RCPT', '550 5.2.1 mailbox disabled', { outcome: 'failed', isAddressBad: true }],
    ['RCPT', '552 5.2.2 mailbox full', { outcome: 'failed' }],
    ['RCPT', '550 no', { outcome: 'failed' }],
    ['RCPT', '554 5.7.1 blocked by a list', { outcome: 'channel-down' }],
    ['DATA', '451 4.3.0 later', { outcome: 'temporary' }],
    ['DATA', '554 5.5.1 no valid recipients', { outcome: 'failed' }],
    ['.', '450 4.2.0 later', { outcome: 'temporary' }],
    ['.', '421 4.3.0 shutting down', { outcome: 'channel-down' }],
    ['.', '554 5.6.0 looks like spam', { outcome: 'failed' }],
    ['.', '550 5.7.1 message refused', { outcome: 'channel-down' }],
  ];
  const toThere = (at: Break): [Breaker, Channel] =>
    at === 'STARTTLS'
      ? [secureProxy, over(secureProxy.port, { tls: 'starttls', ca: certificate, ...login })]
      : [proxy, over(proxy.port, login)];

  test.each(cuts)('%s, by the end of the connection: %s', async (at, outcome) => {
    const [before, channel] = toThere(at);
    before.breaks = { at, by: 'cut' };
    const answer = await sent(channel);
    expect(answer).toEqual({
      outcome,
      reason: expect.any(String),
      ...(answer.hint && { hint: answer.hint }),
    });
    expect(server.got).toHaveLength(at === '.' ? 1 : 0);
  });

  test.each(replies)('%s, by %j', async (at, by, expected) => {
    const [before, channel] = toThere(at);
    before.breaks = { at, by };
    const answer = await sent(channel);
    expect(answer).toMatchObject({
      ...expected,
      reason: expect.any(String),
      response: expect.stringContaining(by),
    });
    if (!expected.isAddressBad) expect(answer).not.toHaveProperty('isAddressBad');
  });
});

test('one connection serves all messages, also after a recipient that was refused', async () => {
  const before = server.connections();
  const channel = over(proxy.port, login);
  expect((await channel.send(mail, abort)).outcome).toBe('sent');
  proxy.breaks = { at: 'RCPT', by: '550 5.1.1 no such user', times: 1 };
  expect((await channel.send(mail, abort)).outcome).toBe('failed');
  expect(await sent(channel)).toMatchObject({
    outcome: 'sent',
    response: expect.stringContaining('queued as Q2'),
  });
  expect([server.got.length, server.connections() - before]).toEqual([2, 1]);
  expect(server.got[0]).toMatchObject({ user: 'sales', from: 'sales@example.com', to: ['kim@example.com'] });
});

test.each(['cut', '421 4.7.0 too many messages'])(
  'a connection that ended meanwhile (%s) is made again, and each mail arrives once',
  async by => {
    const channel = over(proxy.port, login);
    expect((await channel.send(mail, abort)).outcome).toBe('sent');
    proxy.breaks = { at: 'RSET', by, times: 1 };
    expect((await channel.send(mail, abort)).outcome).toBe('sent');
    proxy.breaks = { at: '.', by: 'cut', times: 1 };
    expect((await channel.send(mail, abort)).outcome).toBe('unknown');
    proxy.breaks = undefined;
    expect((await sent(channel)).outcome).toBe('sent');
    expect(server.got).toHaveLength(4);
  },
);

test('a copy goes to its own address, and shows the recipient of the mail', async () => {
  await sent(over(server.port), { envelope: 'archive@example.com' });
  expect(server.got[0]).toMatchObject({ to: ['archive@example.com'] });
  expect(server.got[0]!.text).toMatch(/^To: kim@example.com\r$/m);
});

describe('encryption', () => {
  test.each(['starttls', 'tls'] as const)('%s is checked against the authority', async tls => {
    const its = tls === 'tls' ? await startMailServer({ secure: true, key, cert: certificate }) : secure;
    expect((await sent(over(its.port, { tls, ca: certificate, ...login }))).outcome).toBe('sent');
    expect(await sent(over(its.port, { tls, ...login }))).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringContaining('nobody whom this machine knows vouches for its certificate'),
    });
    expect(await sent(over(its.port, { tls, host: '127.0.0.1', ca: certificate }))).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringContaining('its certificate is for another name'),
    });
    if (tls === 'tls') await its.close();
  });

  test('is required: a server that does not offer it gets no password', async () => {
    expect(await sent(over(server.port, { tls: 'starttls', ...login }))).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringContaining('has no encryption (STARTTLS)'),
    });
  });

  test('with a certificate that has expired is refused', async () => {
    const old = await startMailServer({ disabledCommands: [] });
    expect(await sent(over(old.port, { tls: 'starttls', ...login }))).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringContaining('its certificate has expired'),
    });
    await old.close();
  });

  test('at the wrong port says which kind it may be', async () => {
    expect(await sent(over(secure.port, { tls: 'tls', ca: certificate }))).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringMatching(/ it does not speak TLS on this port \(wrong version number\)$/),
      hint: expect.stringContaining('tls: starttls'),
    });
  });
});

describe('logging in', () => {
  test('with a wrong password says what to check, without the password', async () => {
    const secret = { isToken: false, read: async () => 'other-secret' };
    const answer = await sent(over(server.port, { user: 'sales', secret }));
    expect(answer).toMatchObject({
      outcome: 'channel-down',
      reason: expect.stringContaining('does not let sales in: 535 5.7.8 not you: ***'),
      hint: expect.stringContaining('app password'),
    });
    expect(JSON.stringify(answer)).not.toContain('other-secret');
  });

  test.each([
    ['token-1', 'sent'],
    ['expired', 'channel-down'],
  ] as const)('by the token %s: %s', async (token, outcome) => {
    const secret = { isToken: true, read: async () => token };
    const answer = await sent(over(server.port, { user: 'sales', secret }));
    expect(answer).toMatchObject({ outcome });
    expect(JSON.stringify(answer)).not.toContain('expired');
  });
});

test.each([
  [{ host: 'no-such-host.invalid' }, 'there is no server named no-such-host.invalid'],
  [{ port: 1 }, 'nothing answers at localhost:1'],
])('says where nothing is: %j', async (some, reason) => {
  expect(await sent(over(server.port, some))).toMatchObject({
    outcome: 'channel-down',
    reason,
    hint: expect.any(String),
  });
});

describe('addresses of other scripts', () => {
  test('go by SMTPUTF8; only their domain needs none of it', async () => {
    expect((await sent(over(server.port), { to: 'jürgen@example.com' })).outcome).toBe('sent');
    expect(server.got.map(({ to }) => to)).toEqual([['jürgen@example.com']]);
  });

  test('fail alone if the server does not accept them', async () => {
    const plain = await startMailServer({ hideSMTPUTF8: true });
    const channel = over(plain.port);
    expect(await channel.send({ ...mail, to: 'jürgen@example.com' }, abort)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('SMTPUTF8'),
    });
    expect((await sent(channel, { to: 'j@münchen.example' })).outcome).toBe('sent');
    await plain.close();
  });
});

test('a mail that is larger than the server takes fails alone', async () => {
  const small = await startMailServer({ size: 2000 });
  const channel = over(small.port);
  expect((await channel.send({ ...mail, text: 'x'.repeat(5000) }, abort)).outcome).toBe('failed');
  expect((await sent(channel)).outcome).toBe('sent');
  await small.close();
});

test('sends no more within a time than the rate says', async () => {
  const channel = over(server.port, { rate: { count: 2, per: 150 } });
  const began = performance.now();
  for (let i = 0; i < 5; i++) await channel.send(mail, abort);
  expect(performance.now() - began).toBeGreaterThanOrEqual(295);
  await channel.close?.();
});

test('signs with a DKIM key, so that the body that arrives is the one that was signed', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const dkim = { domainName: 'example.com', keySelector: 'crm', privateKey };
  expect((await sent(over(server.port, { dkim }))).outcome).toBe('sent');
  const { text } = server.got[0]!;
  const [, header] = /^DKIM-Signature:((?:.|\r\n[ \t])*)\r\n/m.exec(text)!;
  const tags = new Map(
    header!
      .replace(/\s/g, '')
      .split(';')
      .map(tag => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)] as const),
  );
  expect([tags.get('d'), tags.get('s'), tags.get('a')]).toEqual(['example.com', 'crm', 'rsa-sha256']);
  expect(tags.get('h')).toMatch(/^from:subject:date:message-id:to:/i);
  const body = text.slice(text.indexOf('\r\n\r\n') + 4).replace(/(\r\n)*$/, '\r\n');
  expect(tags.get('bh')).toBe(createHash('sha256').update(body).digest('base64'));
});
