/** The hook of Amazon SES, whose certificates and confirmations are fetched: here from a server of the test. */
import { createSign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { workspace } from '../harness.ts';
import { certificate, key } from '../channels/localhost-certificate.ts';
import { addSettings, served } from './running.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:mail';
const AMAZON = 'https://sns.eu-west-1.amazonaws.com';

/** What the stand-in for Amazon was asked for, and how it answers the next time. */
let asked: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const amazon = createServer((request, response) => {
  asked.push(request.url ?? '');
  answer(request, response);
});
const usualAnswer: typeof answer = (request, response) =>
  void response.end(request.url?.endsWith('.pem') ? certificate : '<ConfirmSubscriptionResponse/>');

let names = 0;
/** Another address for each test: a certificate that was fetched is kept. */
let certUrl = '';

beforeAll(() => new Promise<void>(resolve => amazon.listen(0, '127.0.0.1', resolve)));
afterAll(() => void amazon.close());
beforeEach(() => {
  asked = [];
  answer = usualAnswer;
  certUrl = `${AMAZON}/SimpleNotificationService-${++names}.pem`;
  const there = `http://127.0.0.1:${(amazon.address() as AddressInfo).port}`;
  const real = globalThis.fetch;
  // Every address but Amazon's is what it is: if it were asked for, the test would notice.
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => real(url.replace(AMAZON, there), init));
});
afterEach(() => void vi.unstubAllGlobals());

type Sns = Readonly<Record<string, string>>;

/** Signs a message as SNS does; version 1 is what topics have unless they are told otherwise. */
function signed(message: Sns, version: '1' | '2' = '1'): Sns {
  const whole: Sns = { SigningCertURL: certUrl, TopicArn: TOPIC, ...message, SignatureVersion: version };
  const fields =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = fields
    .flatMap(name => (whole[name] === undefined ? [] : `${name}\n${whole[name]}\n`))
    .join('');
  const signature = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1').update(text);
  return { ...whole, Signature: signature.sign(key, 'base64') };
}

async function hook() {
  const ws = await workspace();
  await ws.ok('contact add --email jane@example.com');
  addSettings(ws, 'serve:\n  hooks:\n    ses: { provider: ses, secret-env: SES }\n');
  const env = { SES: TOPIC, XDG_STATE_HOME: `${ws.dir}.state` };
  await ws.ok('trust --yes', { env });
  const server = await served(ws, { env });
  return {
    ws,
    server,
    // SNS says that its JSON is plain text.
    post: async (body: Sns) =>
      (await server.hook('/hooks/ses', body, { 'Content-Type': 'text/plain; charset=UTF-8' })).status,
    notification: {
      Type: 'Notification',
      MessageId: '19ba9823',
      Timestamp: ws.now,
      Subject: 'Amazon SES Email Event Notification',
      Message: `${JSON.stringify({
        eventType: 'Bounce',
        bounce: {
          bounceType: 'Permanent',
          timestamp: ws.now,
          bouncedRecipients: [{ emailAddress: 'jane@example.com', diagnosticCode: 'smtp; 550 5.1.1' }],
        },
        mail: { timestamp: ws.now, messageId: '0102', destination: ['jane@example.com'] },
      })}\n`,
    },
    confirmation: {
      Type: 'SubscriptionConfirmation',
      MessageId: '165545c9',
      Token: '2336412f37',
      Timestamp: ws.now,
      Message: 'You have chosen to subscribe to the topic.',
      SubscribeURL: `${AMAZON}/?Action=ConfirmSubscription&Token=2336412f37`,
    },
  };
}

test('a subscription is confirmed, and its notifications are recorded once, with one look at the certificate', async () => {
  const { ws, post, notification, confirmation } = await hook();
  expect(await post(signed(confirmation))).toBe(202);
  expect(asked).toEqual([new URL(certUrl).pathname, '/?Action=ConfirmSubscription&Token=2336412f37']);
  for (const version of ['1', '2'] as const) expect(await post(signed(notification, version))).toBe(202);
  expect(asked).toHaveLength(2);
  expect(await ws.json('event list')).toMatchObject([
    { name: 'email.bounced', contact: 'C1', props: { reason: 'smtp; 550 5.1.1' } },
  ]);
});

test('nothing but sns.REGION.amazonaws.com is asked for a certificate or a confirmation', async () => {
  const { ws, post, notification, confirmation } = await hook();
  const elsewhere = [
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/a.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
    'https://s3.eu-west-1.amazonaws.com/a.pem',
    'https://evil.example/sns.eu-west-1.amazonaws.com/a.pem',
    `${AMAZON}/a.txt`,
  ];
  const statuses = [];
  for (const url of elsewhere) statuses.push(await post(signed({ ...notification, SigningCertURL: url })));
  expect([statuses, asked]).toEqual([elsewhere.map(() => 401), []]);
  // Signed by the topic's owner, and still no reason to call what it names.
  const SubscribeURL = 'https://evil.example/?Action=ConfirmSubscription';
  expect(await post(signed({ ...confirmation, SubscribeURL }))).toBe(202);
  expect(asked).toEqual([new URL(certUrl).pathname]);
  for (const forged of [
    { ...signed(notification), Message: '{}' },
    { ...signed(notification), Subject: 'another' },
    { ...signed(confirmation), SubscribeURL: `${AMAZON}/?another` },
    signed({ ...notification, TopicArn: 'arn:aws:sns:eu-west-1:666:mail' }),
  ])
    expect(await post(forged)).toBe(401);
  expect(asked).toHaveLength(1);
  expect(await ws.json('event list')).toEqual([]);
});

test('a certificate that cannot be had now is asked for again: SNS sends nothing again that was refused', async () => {
  const { ws, post, notification } = await hook();
  const failures: (typeof answer)[] = [
    (_, response) => void response.writeHead(500).end(),
    (_, response) => void response.writeHead(302, { Location: '/another.pem' }).end(),
    (_, response) => void response.end('x'.repeat(70_000)),
    (request, response) => {
      response.write('x'.repeat(70_000));
      request.on('close', () => response.end());
    },
  ];
  for (const failure of failures) {
    answer = failure;
    expect(await post(signed(notification))).toBe(503);
  }
  expect(asked).toHaveLength(failures.length);
  answer = usualAnswer;
  expect(await post(signed(notification))).toBe(202);
  expect(await ws.json('event list')).toHaveLength(1);
});
