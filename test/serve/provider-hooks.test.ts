import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { providers } from '../../src/channels/providers/index.ts';
import { providerNames } from '../../src/domain/serve-settings.ts';
import { workspace } from '../harness.ts';
import { addSettings, served } from './running.ts';

const HOUR = 3_600_000;
const key = Buffer.from('a key of resend').toString('base64');

async function withProviders() {
  const ws = await workspace();
  await ws.ok('contact add --email jane@example.com');
  addSettings(
    ws,
    `serve:
  hooks:
    postmark: { provider: postmark, secret-env: POSTMARK }
    resend: { provider: resend, secret-env: RESEND }
    mailgun: { provider: mailgun, secret-env: MAILGUN }
    ses: { provider: ses, secret-env: SES }
`,
  );
  const secrets = {
    POSTMARK: 'crm:geheim',
    RESEND: `whsec_${key}`,
    MAILGUN: 'key',
    SES: 'arn:aws:sns:eu-west-1:1:crm',
  };
  const env = { ...secrets, XDG_STATE_HOME: `${ws.dir}.state` };
  await ws.ok('trust --yes', { env });
  return { ws, server: await served(ws, { env }) };
}

/** Signs as Svix does it. */
function signed(body: string, at: number): Record<string, string> {
  const time = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`msg_1.${time}.${body}`)
    .digest('base64');
  return { 'svix-id': 'msg_1', 'svix-timestamp': time, 'svix-signature': `v1,${signature}` };
}

const bounced = (email: string) =>
  JSON.stringify({
    type: 'email.bounced',
    created_at: '2026-09-14T07:00:00.000Z',
    data: { email_id: 'e1', to: [email], bounce: { type: 'Permanent', message: 'no such user' } },
  });

test('crm.yaml knows the providers that there are', () => {
  expect(providers.map(({ name }) => name).sort()).toEqual([...providerNames].sort());
});

test('a signed request is taken in once, however often the provider sends it', async () => {
  const { ws, server } = await withProviders();
  const now = Date.parse(ws.now);
  const body = bounced('jane@example.com');
  const statuses = [];
  for (const at of [now, now, now - 24 * HOUR])
    statuses.push((await server.hook('/hooks/resend', body, signed(body, at))).status);
  expect(statuses).toEqual([202, 202, 202]);
  expect(await ws.json('event list')).toMatchObject([
    { name: 'email.bounced', contact: 'C1', props: { address: 'jane@example.com', unmatched: true } },
  ]);
  const [{ via }] = await ws.json<[{ via: string }]>('history');
  expect(via).toBe('serve hook resend');
});

test('a request is refused that is not signed, or signed too long ago, for other bytes or with another secret', async () => {
  const { ws, server } = await withProviders();
  const now = Date.parse(ws.now);
  const body = bounced('jane@example.com');
  const headers = signed(body, now);
  const statuses = [];
  for (const [path, sent, its] of [
    ['/hooks/resend', body, {}],
    ['/hooks/resend', body, signed(body, now - 26 * HOUR)],
    ['/hooks/resend', body, signed(body, now + HOUR)],
    ['/hooks/resend', `${body} `, headers],
    ['/hooks/resend', body, { ...headers, 'svix-id': 'msg_2' }],
    ['/hooks/resend', body, { Authorization: `Bearer whsec_${key}` }],
    ['/hooks/postmark', '{}', { Authorization: `Basic ${btoa('crm:geheimer')}` }],
    ['/hooks/mailgun', '{"signature":{"timestamp":"0","token":"","signature":""}}', {}],
    [
      '/hooks/ses',
      JSON.stringify({
        TopicArn: 'arn:aws:sns:eu-west-1:1:crm',
        SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/x.pem',
        Timestamp: ws.now,
      }),
      {},
    ],
  ] as const)
    statuses.push((await server.hook(path, sent, its as Record<string, string>)).status);
  expect(statuses).toEqual(statuses.map(() => 401));
  expect(await ws.json('event list')).toEqual([]);
});

test('a provider with its password is accepted, and events beside mail are left out', async () => {
  const { ws, server } = await withProviders();
  const basic = { Authorization: `Basic ${btoa('crm:geheim')}` };
  const open = {
    RecordType: 'Open',
    MessageID: 'm1',
    Recipient: 'JANE@example.com',
    ReceivedAt: ws.now,
    UserAgent: 'Mozilla/5.0',
  };
  const statuses = [];
  for (const body of [
    open,
    { RecordType: 'Inbound' },
    { ...open, Recipient: 'nobody@example.com', MessageID: 'm2' },
    [1],
  ])
    statuses.push((await server.hook('/hooks/postmark', body, basic)).status);
  expect(statuses).toEqual([202, 202, 202, 422]);
  expect(await ws.json('event list')).toMatchObject([
    { name: 'email.opened', contact: 'C1', props: { machine: true } },
  ]);
});
