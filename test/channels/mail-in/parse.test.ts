import { describe, expect, test } from 'vitest';
import { parseMail } from '../../../src/channels/mail-in/parse.ts';
import { isMail } from '../../../src/channels/mail-in/parsed-mail.ts';

const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1');
const headers = [
  'From: Jane Roe <jane@example.com>',
  'To: sales@acme.example',
  'Message-ID: <1@example.com>',
];

describe('a mail is read', () => {
  test('its people, its place in a thread, its text and its files', async () => {
    const read = await parseMail(
      mail(
        ...headers,
        'Cc: "Ben, of Acme" <ben@acme.example>, undisclosed, group: a@x.example, b@x.example;',
        'Subject: =?utf-8?Q?40_St=C3=BChle?=',
        'Date: Mon, 14 Sep 2026 09:30:00 +0200',
        'In-Reply-To: <0@acme.example>',
        'References: <root@acme.example> <0@acme.example>',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'We take them.',
        '--b',
        "Content-Disposition: attachment; filename*0*=utf-8''Auftr%C3%A4; filename*1*=ge.pdf",
        'Content-Type: application/pdf',
        'Content-Transfer-Encoding: base64',
        '',
        'AAAA',
        '--b--',
      ),
    );
    expect(read).toMatchObject({
      from: { email: 'jane@example.com', name: 'Jane Roe' },
      to: [{ email: 'sales@acme.example' }],
      cc: [
        { email: 'ben@acme.example', name: 'Ben, of Acme' },
        { email: 'a@x.example' },
        { email: 'b@x.example' },
      ],
      subject: '40 St\u00fchle',
      sentAt: Date.parse('2026-09-14T07:30:00Z'),
      messageId: '<1@example.com>',
      earlier: ['<0@acme.example>', '<root@acme.example>'],
      isAutomatic: false,
      text: 'We take them.',
      files: [{ name: 'Auftr\u00e4ge.pdf', size: 3 }],
    });
  });

  test('HTML alone becomes text, without its quotations', async () => {
    const read = await parseMail(
      mail(
        ...headers,
        'Content-Type: text/html',
        '',
        '<style>p{}</style><p>Yes &amp; <b>please</b></p><div class="gmail_quote">old<script>x</script></div>',
      ),
    );
    expect(read.text).toBe('Yes & please');
  });

  test('two copies of one mail have the same digest, another mail has another', async () => {
    const copy = (received: string, text: string) =>
      parseMail(mail(`Received: ${received}; Mon, 14 Sep 2026 09:30:00 +0200`, ...headers, '', text));
    const [one, other, third] = [await copy('a', 'x'), await copy('b', 'x'), await copy('a', 'y')];
    expect(one.digest).toBe(other.digest);
    expect(one.hash).not.toBe(other.hash);
    expect(third.digest).not.toBe(one.digest);
  });

  test('line ends make no difference', async () => {
    const bytes = mail(...headers, '', 'one', 'two');
    const unix = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    expect(await parseMail(unix)).toEqual(await parseMail(bytes));
  });
});

describe('a program wrote it, or a person', () => {
  test.each<[string, boolean, string]>([
    ['Auto-Submitted: auto-replied', true, ''],
    ['Auto-Submitted: auto-generated (out of office)', true, ''],
    ['Auto-Submitted: no', false, ''],
    ['Precedence: bulk', true, ''],
    ['Precedence: first-class', false, ''],
    ['X-Autoreply: yes', true, ''],
    ['X-Auto-Response-Suppress: All', true, ''],
    ['List-Id: <news.example.com>', true, ''],
    ['Return-Path: <>', true, ''],
    ['X-Mailer: mutt', false, ''],
  ])('%s: %s', async (header, isAutomatic) => {
    expect((await parseMail(mail(...headers, header, '', 'x'))).isAutomatic).toBe(isAutomatic);
  });
});

describe('a delivery report', () => {
  const report = (fields: string[], type = 'message/rfc822') =>
    mail(
      'From: MAILER-DAEMON@mx.example',
      'Message-ID: <r@mx.example>',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      '',
      'Your mail was not delivered.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      ...fields,
      '',
      '--b',
      `Content-Type: ${type}`,
      '',
      'From: sales@acme.example',
      'Message-ID:',
      ' <m1@acme.example>',
      '',
      'Message-ID: <not-a-header@acme.example>',
      '--b--',
    );

  test.each(['message/rfc822', 'text/rfc822-headers'])(
    'says which mail did not arrive, in %s',
    async type => {
      const fields = [
        'Original-Recipient: rfc822;Jane@Example.com',
        'Final-Recipient: rfc822; jane@mx.example',
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1',
        '  no such user',
      ];
      expect((await parseMail(report(fields, type))).report).toEqual({
        originals: ['<m1@acme.example>'],
        failures: [
          { recipient: 'Jane@Example.com', status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 no such user' },
        ],
      });
    },
  );

  test.each([
    [['Final-Recipient: rfc822; jane@example.com', 'Action: delayed', 'Status: 4.4.1']],
    [['Final-Recipient: rfc822; jane@example.com', 'Action: failed']],
    [['Action: failed', 'Status: 5.1.1']],
  ])('is none where nothing failed for good: %j', async fields => {
    const read = await parseMail(report(fields));
    expect(read.report).toBeUndefined();
    expect(read.isAutomatic).toBe(true);
  });
});

describe('an unsubscription has the token of the message', () => {
  test.each([
    ['Subject: unsubscribe AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['Subject: Unsubscribe: AAAAAAAAAAAAAAAA_-', 'AAAAAAAAAAAAAAAA_-'],
    ['Cc: sales+unsubscribe-AAAAAAAAAAAAAAAAAA@acme.example', 'AAAAAAAAAAAAAAAAAA'],
    ['Subject: unsubscribe', undefined],
    ['Subject: how do I unsubscribe AAAAAAAAAAAAAAAAAAAAAA from this', undefined],
  ])('%s', async (header, token) => {
    expect((await parseMail(mail(...headers, header, '', ''))).unsubscribeToken).toBe(token);
  });
});

test.each([
  [true, mail(...headers, '', '')],
  [true, mail('Subject: chairs', '', '')],
  [true, mail('Date: Mon, 14 Sep 2026 09:30:00 +0200', '', 'x')],
  [false, mail('', 'hello')],
  [false, mail('Content-Type: text/html', '', '<p>a page that somebody saved</p>')],
  [false, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))],
])('is a mail: %s', async (is, bytes) => {
  expect(isMail(await parseMail(bytes))).toBe(is);
});

/** Mails that are broken, by what is wrong, and what must still be read of them. */
const nested = (depth: number): string[] =>
  Array.from({ length: depth }, (_, i) => [
    `Content-Type: multipart/mixed; boundary=b${i}`,
    '',
    `--b${i}`,
  ]).flat();

const broken: readonly (readonly [what: string, bytes: () => Buffer, read: object])[] = [
  ['nothing', () => Buffer.alloc(0), { text: '', to: [] }],
  ['a byte that is nothing', () => Buffer.from([0]), { text: '' }],
  ['zeros', () => Buffer.alloc(1 << 20), {}],
  ['random bytes', () => Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)), {}],
  ['a body without headers', () => mail('', 'hello'), { text: 'hello' }],
  ['headers without a body', () => mail(...headers), { messageId: '<1@example.com>', text: '' }],
  [
    '300 parts in parts',
    () => mail(...headers, ...nested(300), '', 'deep'),
    { messageId: '<1@example.com>' },
  ],
  [
    'a charset that nobody knows',
    () => mail(...headers, 'Content-Type: text/plain; charset=x-klingon', '', 'abc'),
    { text: 'abc' },
  ],
  [
    'a charset that is a lie',
    () => mail(...headers, 'Content-Type: text/plain; charset=utf-8', '', 'caf\xe9'),
    { text: 'caf\ufffd' },
  ],
  ['8-bit headers', () => mail(...headers, 'Subject: B\xfcro', '', ''), { subject: 'B\u00fcro' }],
  [
    'an encoded word without an end',
    () => mail(...headers, 'Subject: =?utf-8?B?w7w', '', ''),
    { subject: '=?utf-8?B?w7w' },
  ],
  [
    'a part without its border',
    () => mail(...headers, 'Content-Type: multipart/mixed; boundary=b', '', 'hello'),
    { messageId: '<1@example.com>' },
  ],
  [
    'a multipart without a boundary',
    () => mail(...headers, 'Content-Type: multipart/mixed', '', 'hello'),
    {},
  ],
  [
    'a part that never ends',
    () => mail(...headers, 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'hello'),
    { text: 'hello' },
  ],
  ['base64 that is not', () => mail(...headers, 'Content-Transfer-Encoding: base64', '', '!!!@@@###'), {}],
  [
    'quoted-printable that is not',
    () => mail(...headers, 'Content-Transfer-Encoding: quoted-printable', '', 'a=ZZb='),
    {},
  ],
  [
    'winmail.dat',
    () => mail(...headers, 'Content-Type: application/ms-tnef; name=winmail.dat', '', '\x78\x9f\x3e\x22'),
    { files: [{ name: 'winmail.dat', size: 5 }] },
  ],
  [
    'a date that is none',
    () => mail(...headers, 'Date: yesterday', 'Received: by mx; Mon, 14 Sep 2026 09:30:00 +0200', '', ''),
    { sentAt: Date.parse('2026-09-14T07:30:00Z') },
  ],
  [
    'a sender that is no address',
    () => mail('From: nobody', 'Subject: x', '', 'y'),
    { subject: 'x', text: 'y' },
  ],
  ['two senders', () => mail('From: a@x.example, b@x.example', '', ''), { from: { email: 'a@x.example' } }],
  ['a header of a megabyte', () => mail(`Subject: ${'a'.repeat(1 << 20)}`, ...headers, '', 'x'), {}],
  [
    'a header that injects',
    () => mail(...headers, 'Subject: =?utf-8?Q?a=0D=0ABcc:_x=1B[31m?=', '', ''),
    { subject: 'a Bcc: x [31m' },
  ],
  [
    'a name of control characters',
    () => mail('From: =?utf-8?Q?=1B]0=3Bx=07?= <a@x.example>', '', ''),
    { from: { email: 'a@x.example' } },
  ],
];

describe('nothing in a mail makes it fail', () => {
  test.each(broken)('%s', async (_, bytes, read) => {
    expect(await parseMail(bytes())).toMatchObject(read);
  });

  test.each<[string, () => Buffer]>([
    ['25 million lines', () => Buffer.concat([mail(...headers, '', ''), Buffer.alloc(25 << 20, '\n')])],
    [
      'a million borders',
      () =>
        Buffer.concat([
          mail(...headers, 'Content-Type: multipart/mixed; boundary=b', '', ''),
          Buffer.from('--b\n\n'.repeat(1_000_000)),
        ]),
    ],
    ['one line of 25 MB', () => Buffer.concat([mail(...headers, '', ''), Buffer.alloc(25 << 20, 'a')])],
    [
      'HTML of nothing but brackets',
      () => Buffer.concat([mail(...headers, 'Content-Type: text/html', '', ''), Buffer.alloc(4 << 20, '<')]),
    ],
    [
      'a million quotes',
      () => Buffer.concat([mail(...headers, '', ''), Buffer.from('> a\n'.repeat(400_000))]),
    ],
    [
      'a long introduction',
      () => Buffer.concat([mail(...headers, '', ''), Buffer.from(`On ${'a '.repeat(500_000)}wrote:\n`)]),
    ],
  ])('bounds %s', async (_, bytes) => {
    const before = process.memoryUsage().rss;
    const read = await parseMail(bytes());
    expect(read.messageId).toBe('<1@example.com>');
    expect(Buffer.byteLength(read.text)).toBeLessThanOrEqual(64 << 10);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 << 20);
  });
});
