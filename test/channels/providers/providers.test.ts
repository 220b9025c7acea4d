/**
 * Bodies as the documentation of each provider has them, with our own values: the pages that src/channels/providers/*.ts
 * name. Where a page is silent, bodies were compared with the ones that django-anymail received (its tests have them).
 *
 * Postmark   RecordType, times with seven digits of a second and a zone; bounces and complaints say `Email`, all else
 *            `Recipient`; Metadata comes back with everything
 * Mailgun    `timestamp` in seconds with a fraction, no brackets around message-id, `description` may be empty
 * SendGrid   a list; `timestamp` in seconds; opens and clicks have no smtp-id
 * SES        in the `Message` of an SNS notification, as text with a line end; details by the type with a small first letter
 * Resend     `to` has addresses with names; a click has a time of its own
 * Brevo      `ts_event` in seconds, `ts_epoch` in milliseconds, `date` in local time
 */
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { providers } from '../../../src/channels/providers/index.ts';
import { isMachine } from '../../../src/channels/providers/is-machine.ts';
import { confirmationUrl } from '../../../src/channels/providers/ses.ts';
import type { Json } from '../../../src/domain/records.ts';

const provider = (name: string) => providers.find(each => each.name === name)!;
const AT = Date.parse('2026-09-14T07:00:00Z');
const iso = new Date(AT).toISOString();
const seconds = AT / 1000;
const to = 'jane@example.com';

const mailgun = (data: object) => ({
  signature: { timestamp: String(seconds), token: 't', signature: 's' },
  'event-data': {
    id: 'G9Bn5sl1TC6nu79C8C0bwg',
    timestamp: seconds,
    recipient: to,
    'log-level': 'info',
    message: { headers: { to, 'message-id': 'm1@acme.example', subject: 'x' } },
    ...data,
  },
});
const sendgrid = (event: object) => [
  {
    email: to,
    timestamp: seconds,
    'smtp-id': '<m1@acme.example>',
    sg_event_id: 'e1',
    sg_message_id: 'x.filter.0',
    ...event,
  },
];
const ses = (eventType: string, detail: object) => ({
  Type: 'Notification',
  MessageId: '22b80b92',
  TopicArn: 'arn:aws:sns:eu-west-1:123:mail',
  Timestamp: iso,
  Message: `${JSON.stringify({
    eventType,
    mail: {
      timestamp: iso,
      messageId: '0102',
      sourceArn: 'arn:aws:ses:eu-west-1:123:identity/acme.example',
      destination: [to],
      headers: [{ name: 'Message-ID', value: '<m1@acme.example>' }],
    },
    [eventType.charAt(0).toLowerCase() + eventType.slice(1)]: detail,
  })}\n`,
});
interface Preferences {
  readonly all?: boolean;
  readonly out?: readonly string[];
}
const preferences = (after: Preferences, before: Preferences) => {
  const said = ({ all = false, out = [] }: Preferences) => ({
    unsubscribeAll: all,
    topicSubscriptionStatus: ['news', 'offers'].map(topicName => ({
      topicName,
      subscriptionStatus: out.includes(topicName) ? 'OptOut' : 'OptIn',
    })),
  });
  return {
    contactList: 'customers',
    timestamp: iso,
    source: 'UnsubscribeHeader',
    newTopicPreferences: said(after),
    oldTopicPreferences: said(before),
  };
};
const resend = (type: string, detail: object = {}) => ({
  type,
  created_at: iso,
  data: {
    created_at: iso,
    email_id: '56761188',
    message_id: '<m1@acme.example>',
    from: 'a@acme.example',
    to: [to],
    subject: 'x',
    ...detail,
  },
});
const brevo = (event: string, more: object = {}) => ({
  event,
  email: to,
  id: 26224,
  date: '2026-09-14 09:00:00',
  ts: seconds,
  'message-id': '<m1@acme.example>',
  ts_event: seconds,
  ...more,
});
const postmark = (RecordType: string, more: object) => ({
  RecordType,
  MessageID: '883953f4',
  MessageStream: 'outbound',
  ...more,
});

const told: readonly (readonly [provider: string, body: Json, event: object | undefined])[] = [
  [
    'postmark',
    postmark('Delivery', { Recipient: to, DeliveredAt: iso, Details: 'ok' }),
    { name: 'email.delivered', messageIds: ['<883953f4@mtasv.net>'] },
  ],
  [
    'postmark',
    postmark('Delivery', {
      Recipient: to,
      DeliveredAt: '2026-09-14T03:00:00.0000000-04:00',
      Metadata: { 'message-id': '<m1@acme.example>' },
    }),
    { messageIds: ['<m1@acme.example>', '<883953f4@mtasv.net>'] },
  ],
  ...Object.entries({
    BadEmailAddress: 'email.bounced',
    ManuallyDeactivated: 'email.bounced',
    SpamComplaint: 'email.complained',
    Unsubscribe: 'email.unsubscribed',
    SoftBounce: 'email.soft-bounced',
    DnsError: 'email.soft-bounced',
    SpamNotification: 'email.soft-bounced',
    Blocked: 'email.soft-bounced',
    toString: 'email.soft-bounced',
  }).map(([Type, name]) => [
    'postmark',
    postmark('Bounce', { ID: 42, Type, Email: to, BouncedAt: iso }),
    { name },
  ]),
  [
    'postmark',
    postmark('Bounce', {
      ID: 42,
      Type: 'HardBounce',
      Email: to,
      BouncedAt: iso,
      Description: 'no such user',
    }),
    { name: 'email.bounced', reason: 'no such user', id: '883953f4:Bounce:42' },
  ],
  [
    'postmark',
    postmark('Bounce', { ID: 43, Type: 'Transient', Email: to, BouncedAt: iso }),
    { name: 'email.soft-bounced' },
  ],
  [
    'postmark',
    postmark('SpamComplaint', { ID: 44, Type: 'SpamComplaint', Email: to, BouncedAt: iso }),
    { name: 'email.complained' },
  ],
  [
    'postmark',
    postmark('Open', { FirstOpen: true, Recipient: to, ReceivedAt: iso, UserAgent: 'Mozilla/5.0 (X11)' }),
    { name: 'email.opened', userAgent: 'Mozilla/5.0 (X11)' },
  ],
  [
    'postmark',
    postmark('Click', { Recipient: to, ReceivedAt: iso, OriginalLink: 'https://acme.example' }),
    { name: 'email.clicked', url: 'https://acme.example' },
  ],
  [
    'postmark',
    postmark('SubscriptionChange', {
      Recipient: to,
      ChangedAt: iso,
      SuppressSending: true,
      SuppressionReason: 'ManualSuppression',
    }),
    { name: 'email.unsubscribed' },
  ],
  [
    'postmark',
    postmark('SubscriptionChange', {
      Recipient: to,
      ChangedAt: iso,
      SuppressSending: true,
      SuppressionReason: 'HardBounce',
    }),
    undefined,
  ],
  [
    'mailgun',
    mailgun({ event: 'delivered' }),
    { name: 'email.delivered', id: `G9Bn5sl1TC6nu79C8C0bwg:${AT}`, messageIds: ['<m1@acme.example>'] },
  ],
  [
    'mailgun',
    mailgun({
      event: 'failed',
      severity: 'permanent',
      'delivery-status': { code: 550, description: 'no such user' },
    }),
    { name: 'email.bounced', reason: 'no such user' },
  ],
  [
    'mailgun',
    mailgun({
      event: 'failed',
      severity: 'permanent',
      reason: 'bounce',
      'delivery-status': { code: 550, description: '', message: '5.1.1 does not exist' },
    }),
    { name: 'email.bounced', reason: '5.1.1 does not exist' },
  ],
  ...Object.entries({
    'suppress-bounce': 'email.bounced',
    'suppress-unsubscribe': 'email.unsubscribed',
    'suppress-complaint': 'email.complained',
    toString: 'email.bounced',
  }).map(([reason, name]) => [
    'mailgun',
    mailgun({ event: 'failed', severity: 'permanent', reason }),
    { name },
  ]),
  ['mailgun', mailgun({ event: 'failed', severity: 'temporary' }), { name: 'email.soft-bounced' }],
  ['mailgun', mailgun({ event: 'complained' }), { name: 'email.complained' }],
  [
    'mailgun',
    mailgun({ event: 'opened', 'client-info': { 'client-type': 'robot', 'user-agent': 'x' } }),
    { name: 'email.opened', isMachine: true },
  ],
  [
    'mailgun',
    mailgun({
      event: 'opened',
      'client-info': { 'client-type': 'browser', 'user-agent': 'Mozilla/5.0 (X11)' },
    }),
    { name: 'email.opened' },
  ],
  [
    'mailgun',
    mailgun({ event: 'clicked', url: 'https://acme.example' }),
    { name: 'email.clicked', url: 'https://acme.example' },
  ],
  ['mailgun', mailgun({ event: 'unsubscribed' }), { name: 'email.unsubscribed' }],
  ['mailgun', mailgun({ event: 'accepted' }), undefined],
  ['sendgrid', sendgrid({ event: 'delivered', response: '250 OK' }), { name: 'email.delivered', id: 'e1' }],
  [
    'sendgrid',
    sendgrid({ event: 'bounce', type: 'bounce', reason: '550 no', status: '5.1.1' }),
    { name: 'email.bounced', reason: '550 no' },
  ],
  ['sendgrid', sendgrid({ event: 'bounce', type: 'blocked' }), { name: 'email.soft-bounced' }],
  [
    'sendgrid',
    sendgrid({ event: 'open', sg_machine_open: true, useragent: 'Mozilla/5.0' }),
    { name: 'email.opened', isMachine: true },
  ],
  [
    'sendgrid',
    sendgrid({ event: 'click', url: 'https://acme.example' }),
    { name: 'email.clicked', url: 'https://acme.example' },
  ],
  ['sendgrid', sendgrid({ event: 'spamreport' }), { name: 'email.complained' }],
  ['sendgrid', sendgrid({ event: 'group_unsubscribe', asm_group_id: 10 }), { name: 'email.unsubscribed' }],
  ['sendgrid', sendgrid({ event: 'processed' }), undefined],
  ...Object.entries({
    'Bounced Address': 'email.bounced',
    Invalid: 'email.bounced',
    'Unsubscribed Address': 'email.unsubscribed',
    'Spam Reporting Address': 'email.complained',
    'Recipient List over Package Quota': 'email.soft-bounced',
    constructor: 'email.soft-bounced',
  }).map(([reason, name]) => ['sendgrid', sendgrid({ event: 'dropped', reason }), { name, reason }]),
  [
    'sendgrid',
    [{ email: to, timestamp: seconds, sg_event_id: 'e2', event: 'click', 'message-id': '<m1@acme.example>' }],
    { name: 'email.clicked', messageIds: ['<m1@acme.example>'] },
  ],
  [
    'ses',
    ses('Delivery', { timestamp: iso, recipients: [to], smtpResponse: '250' }),
    {
      name: 'email.delivered',
      id: '22b80b92:0',
      messageIds: ['<m1@acme.example>', '<0102@email.amazonses.com>', '<0102@eu-west-1.amazonses.com>'],
    },
  ],
  [
    'ses',
    ses('Bounce', {
      timestamp: iso,
      bounceType: 'Permanent',
      bouncedRecipients: [{ emailAddress: to, status: '5.1.1', diagnosticCode: 'smtp; 550' }],
    }),
    { name: 'email.bounced', reason: 'smtp; 550' },
  ],
  [
    'ses',
    ses('Bounce', { timestamp: iso, bounceType: 'Transient', bouncedRecipients: [{ emailAddress: to }] }),
    { name: 'email.soft-bounced' },
  ],
  [
    'ses',
    ses('Complaint', { timestamp: iso, complainedRecipients: [{ emailAddress: to }] }),
    { name: 'email.complained' },
  ],
  ...['not-spam', 'auth-failure', 'virus'].map(complaintFeedbackType => [
    'ses',
    ses('Complaint', { timestamp: iso, complaintFeedbackType, complainedRecipients: [{ emailAddress: to }] }),
    undefined,
  ]),
  [
    'ses',
    ses('DeliveryDelay', {
      timestamp: iso,
      delayType: 'MailboxFull',
      delayedRecipients: [{ emailAddress: to, status: '4.2.2', diagnosticCode: '452 4.2.2 full' }],
    }),
    { name: 'email.soft-bounced', reason: '452 4.2.2 full' },
  ],
  ['ses', ses('Reject', { reason: 'Bad content' }), { name: 'email.soft-bounced', reason: 'Bad content' }],
  ['ses', ses('Send', {}), undefined],
  ['ses', ses('Subscription', preferences({ all: true }, {})), { name: 'email.unsubscribed' }],
  ['ses', ses('Subscription', preferences({ out: ['news'] }, {})), { name: 'email.unsubscribed' }],
  ['ses', ses('Subscription', preferences({}, { all: true })), undefined],
  ['ses', ses('Subscription', preferences({ out: ['news'] }, { out: ['news', 'offers'] })), undefined],
  [
    'ses',
    ses('Open', { timestamp: iso, userAgent: 'Mozilla/5.0' }),
    { name: 'email.opened', userAgent: 'Mozilla/5.0' },
  ],
  [
    'ses',
    ses('Click', { timestamp: iso, link: 'https://acme.example', userAgent: 'x' }),
    { name: 'email.clicked', url: 'https://acme.example' },
  ],
  [
    'ses',
    {
      Type: 'SubscriptionConfirmation',
      MessageId: 'x',
      Message: 'You have chosen',
      SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?x',
    },
    undefined,
  ],
  ['resend', resend('email.delivered'), { name: 'email.delivered', messageIds: ['<m1@acme.example>'] }],
  [
    'resend',
    resend('email.bounced', { bounce: { type: 'Permanent', subType: 'General', message: 'no' } }),
    { name: 'email.bounced', reason: 'no' },
  ],
  [
    'resend',
    resend('email.bounced', { bounce: { type: 'Transient', message: 'full' } }),
    { name: 'email.soft-bounced' },
  ],
  ['resend', resend('email.complained'), { name: 'email.complained' }],
  ['resend', resend('email.opened'), { name: 'email.opened' }],
  [
    'resend',
    resend('email.clicked', { click: { link: 'https://acme.example', timestamp: iso, userAgent: 'x' } }),
    { name: 'email.clicked', url: 'https://acme.example' },
  ],
  ['resend', resend('email.sent'), undefined],
  ['resend', resend('email.delivered', { to: [`Jane <${to}>`] }), { name: 'email.delivered' }],
  ['resend', resend('email.delivery_delayed'), { name: 'email.soft-bounced' }],
  [
    'resend',
    resend('email.suppressed', { suppressed: { type: 'OnAccountSuppressionList', message: 'on the list' } }),
    { name: 'email.bounced', reason: 'on the list' },
  ],
  [
    'resend',
    resend('email.failed', { failed: { reason: 'reached_daily_quota' } }),
    { name: 'email.soft-bounced', reason: 'reached_daily_quota' },
  ],
  ['brevo', brevo('delivered'), { name: 'email.delivered', messageIds: ['<m1@acme.example>'] }],
  ['brevo', brevo('hard_bounce', { reason: 'no' }), { name: 'email.bounced', reason: 'no' }],
  ['brevo', brevo('soft_bounce'), { name: 'email.soft-bounced' }],
  ['brevo', brevo('spam'), { name: 'email.complained' }],
  ['brevo', brevo('unique_opened'), { name: 'email.opened', id: `<m1@acme.example>:opened:${AT}` }],
  ['brevo', brevo('proxy_open'), { name: 'email.opened', isMachine: true }],
  [
    'brevo',
    brevo('click', { link: 'https://acme.example' }),
    { name: 'email.clicked', url: 'https://acme.example' },
  ],
  ['brevo', brevo('unsubscribed'), { name: 'email.unsubscribed' }],
  ['brevo', brevo('request'), undefined],
  ['brevo', brevo('invalid_email'), { name: 'email.bounced' }],
  ['brevo', brevo('blocked', { reason: 'due to blacklist user' }), { name: 'email.soft-bounced' }],
  ['brevo', brevo('error'), { name: 'email.soft-bounced' }],
  [
    'brevo',
    { event: 'delivered', email: to, 'message-id': '<m1@acme.example>', ts: 1, ts_epoch: AT },
    { name: 'email.delivered' },
  ],
] as never;

describe('what providers tell', () => {
  test.each(told)('%s %j', (name, body, event) => {
    const events = provider(name).events(body);
    if (event === undefined) expect(events).toEqual([]);
    else expect(events).toMatchObject([{ email: to, at: AT, ...event }]);
  });

  test.each(providers.map(each => each.name))(
    '%s: a body of something else is refused, or tells nothing',
    name => {
      for (const body of [
        null,
        1,
        'x',
        [],
        [1],
        {},
        { event: '__proto__' },
        { type: 'constructor', data: {} },
        { RecordType: 'toString' },
        { 'event-data': { event: 'toString' } },
        { Message: '[]' },
        { Message: '{"mail":{},"eventType":"toString"}' },
      ] as Json[]) {
        let events: unknown[] = [];
        try {
          events = provider(name).events(body);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'INVALID' });
        }
        expect(events).toEqual([]);
      }
    },
  );
});

describe('a program opened it', () => {
  const open = { name: 'email.opened', id: '1', email: to, at: AT, messageIds: [] } as const;
  test.each<[boolean, object, number | undefined]>([
    [true, { isMachine: true }, undefined],
    [true, { userAgent: 'Mozilla/5.0' }, undefined],
    [
      true,
      {
        userAgent:
          'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
      },
      undefined,
    ],
    [true, { userAgent: 'Mozilla/5.0 (X11)' }, AT - 9_000],
    [false, { userAgent: 'Mozilla/5.0 (X11)' }, AT - 11_000],
    [false, {}, undefined],
    [true, { name: 'email.clicked', userAgent: 'python-requests/2.31' }, undefined],
    [false, { name: 'email.bounced', isMachine: true }, AT],
  ])('%s: %j', (expected, more, sentAt) => {
    expect(isMachine({ ...open, ...more }, sentAt)).toBe(expected);
  });
});

describe('a signature', () => {
  const body = Buffer.from('{"a":1}');
  const now = AT;
  const hmac = (key: string | Uint8Array, text: string, as: 'hex' | 'base64') =>
    createHmac('sha256', key).update(text).digest(as);
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const sns = {
    Type: 'Notification',
    MessageId: '1',
    TopicArn: 'arn:aws:sns:eu-west-1:123:mail',
    Message: 'm',
    Timestamp: iso,
    SignatureVersion: '2',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/cert.pem',
  };
  const snsText = `Message\nm\nMessageId\n1\nTimestamp\n${iso}\nTopicArn\n${sns.TopicArn}\nType\nNotification\n`;
  const snsBody = (more: object = {}) =>
    Buffer.from(
      JSON.stringify({
        ...sns,
        Signature: createSign('RSA-SHA256').update(snsText).sign(rsa.privateKey, 'base64'),
        ...more,
      }),
    );
  const certificate = async () => rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;

  /** A request that its provider made, with the secret; and what makes it another's. */
  const requests: Record<string, { secret: string; headers: Record<string, string>; body: Buffer }> = {
    postmark: {
      secret: 'crm:s3cret',
      headers: { authorization: `Basic ${Buffer.from('crm:s3cret').toString('base64')}` },
      body,
    },
    brevo: { secret: 's3cret', headers: { authorization: 'Bearer s3cret' }, body },
    mailgun: {
      secret: 'key',
      headers: {},
      body: Buffer.from(
        JSON.stringify({
          signature: {
            timestamp: String(seconds),
            token: 'tok',
            signature: hmac('key', `${seconds}tok`, 'hex'),
          },
        }),
      ),
    },
    sendgrid: {
      secret: ec.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      headers: {
        'x-twilio-email-event-webhook-timestamp': String(seconds),
        'x-twilio-email-event-webhook-signature': createSign('sha256')
          .update(`${seconds}{"a":1}`)
          .sign(ec.privateKey, 'base64'),
      },
      body,
    },
    resend: {
      secret: `whsec_${Buffer.from('key').toString('base64')}`,
      headers: {
        'svix-id': 'msg_1',
        'svix-timestamp': String(seconds),
        'svix-signature': `v1,AAAA v1,${hmac('key', `msg_1.${seconds}.{"a":1}`, 'base64')}`,
      },
      body,
    },
    ses: { secret: sns.TopicArn, headers: {}, body: snsBody() },
  };

  test.each(Object.keys(requests))('of %s is its own, of these bytes, lately', async name => {
    const { secret, ...request } = requests[name]!;
    const verify = (more: object, at = now, key = secret) =>
      provider(name).verify({ ...request, ...more }, { secret: key, now: at, certificate });
    expect(await verify({})).toBe(true);
    expect(await verify({}, now, 'another')).toBe(false);
    expect(await verify({}, now, '')).toBe(false);
    expect(await verify({ headers: {}, body: Buffer.from('{}') })).toBe(false);
    if (['postmark', 'brevo'].includes(name)) return;
    expect(await verify({}, now + 26 * 3_600_000)).toBe(false);
    expect(await verify({}, now - 3_600_000)).toBe(false);
    if (name !== 'mailgun' && name !== 'ses')
      expect(await verify({ body: Buffer.from('{"a":2}') })).toBe(false);
  });

  test('of SNS is checked with a certificate of Amazon alone, for our topic', async () => {
    const verify = (sent: Buffer) =>
      provider('ses').verify({ headers: {}, body: sent }, { secret: sns.TopicArn, now, certificate });
    for (const SigningCertURL of [
      'https://sns.eu-west-1.amazonaws.com.evil.example/cert.pem',
      'http://sns.eu-west-1.amazonaws.com/cert.pem',
      'https://evil.example/sns.eu-west-1.amazonaws.com/cert.pem',
      'https://sns.eu-west-1.amazonaws.com@evil.example/cert.pem',
    ])
      expect(await verify(snsBody({ SigningCertURL }))).toBe(false);
    expect(await verify(snsBody({ TopicArn: 'arn:aws:sns:eu-west-1:666:mail' }))).toBe(false);
    expect(await verify(snsBody({ Message: 'other' }))).toBe(false);
    expect(
      confirmationUrl({ Type: 'SubscriptionConfirmation', SubscribeURL: 'https://evil.example/' }),
    ).toBeUndefined();
  });
});
