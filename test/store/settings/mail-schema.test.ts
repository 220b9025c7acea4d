import { expect, test } from 'vitest';
import { recordKinds } from '../../../src/kinds/index.ts';
import { readConfig } from '../../../src/store/settings/read-config.ts';

const base = 'name: Acme\ntimezone: UTC\ncurrency: EUR\n';
const read = (mail: string) => readConfig(new Map([['crm.yaml', base + mail]]), recordKinds);
const mailOf = (mail: string) => {
  const { config, problems } = read(mail);
  expect(problems).toEqual([]);
  return config?.mail;
};
const FROM = "from: 'Acme Sales <sales@example.com>'";
const LOGIN = 'user: sales, password-env: CRM_SMTP_PASSWORD';

test('has no mail settings if crm.yaml has none', () => {
  expect(mailOf('')).toBeUndefined();
  expect(mailOf('mail: {}')).toEqual({ via: 'files' });
});

test('reads every setting', () => {
  expect(
    mailOf(`mail:
  ${FROM}
  via: smtp
  reply-to: Ana <ana@example.com>
  bcc: Archive <archive@example.com>
  max-age: 2d
  max-per-run: 20
  dedupe: 30min
  send: workdays 08:00-18:00
  smtp:
    host: smtp.example.com
    ${LOGIN.replace(', ', '\n    ')}
    rate: 30/min
    dkim: { domain: example.com, selector: crm, key-file: ~/dkim.pem }
  sendmail: [msmtp, -t]
  fetch: { host: imap.example.com, user: sales, token-command: [oauth, sales] }
`),
  ).toEqual({
    via: 'smtp',
    from: 'Acme Sales <sales@example.com>',
    replyTo: 'Ana <ana@example.com>',
    bcc: 'archive@example.com',
    maxAge: 2 * 86_400_000,
    maxPerRun: 20,
    dedupe: 1_800_000,
    send: 'workdays 08:00-18:00',
    smtp: {
      host: 'smtp.example.com',
      port: 587,
      tls: 'starttls',
      user: 'sales',
      secret: { kind: 'env', name: 'CRM_SMTP_PASSWORD' },
      rate: { count: 30, per: 60_000 },
      dkim: { domain: 'example.com', selector: 'crm', keyFile: '~/dkim.pem' },
    },
    sendmail: ['msmtp', '-t'],
    fetch: {
      host: 'imap.example.com',
      port: 993,
      tls: 'tls',
      user: 'sales',
      secret: { kind: 'token-command', argv: ['oauth', 'sales'] },
      mailbox: 'INBOX',
    },
  });
});

test.each([
  ['port: 465', { port: 465, tls: 'tls' }],
  ['port: 587', { port: 587, tls: 'starttls' }],
  ['port: 2525', { port: 2525, tls: 'starttls' }],
  ['tls: tls', { port: 465, tls: 'tls' }],
  ['tls: starttls', { port: 587, tls: 'starttls' }],
])('fills in port and TLS from %s', (given, server) => {
  expect(mailOf(`mail: { ${FROM}, via: smtp, smtp: { host: h.example, ${given} } }`)?.smtp).toEqual({
    host: 'h.example',
    ...server,
  });
});

test.each(['localhost', '127.0.0.1', '127.8.0.1', '"::1"'])('allows tls: none on %s', host => {
  expect(mailOf(`mail: { ${FROM}, via: smtp, smtp: { host: ${host}, tls: none } }`)?.smtp).toMatchObject({
    port: 25,
    tls: 'none',
  });
});

const smtp = (server: string) => `mail:\n  ${FROM}\n  via: smtp\n  smtp: { ${server} }`;

test.each([
  ['mail: { via: smtp, smtp: { host: h } }', 4, 'mail needs the address that it is from'],
  [`mail:\n  ${FROM}\n  via: smtp`, 6, 'via: smtp needs the server'],
  [`mail:\n  ${FROM}\n  via: sendmail`, 6, 'via: sendmail needs the program'],
  ['mail:\n  via: telegram', 5, 'via must be one of files, smtp, sendmail'],
  ['mail:\n  from: sales', 5, '"sales" is not an e-mail address'],
  ['mail:\n  from: "Acme\\r\\nBcc: x <a@example.com>"', 5, 'without control characters'],
  ['mail:\n  send: at night', 5, 'does not say when e-mails may be sent'],
  ['mail:\n  send: workdays 18:00-08:00', 5, 'does not say when'],
  ['mail:\n  max-age: soon', 5, '"soon" is not a duration'],
  ['mail:\n  max-per-run: 0', 5, 'max-per-run'],
  ['mail:\n  sendmail: []', 5, 'must have the program'],
  ['mail:\n  sendmail: msmtp -t', 5, 'sendmail'],
  [smtp('host: smtp.example.com, tls: none'), 7, 'for a server on this machine alone'],
  [smtp('host: 127.0.0.1.example.com, tls: none'), 7, 'for a server on this machine alone'],
  [smtp('host: "a b"'), 7, 'must be the name or address of a server'],
  [smtp('host: h, port: 70000'), 7, 'must be a port'],
  [smtp('host: h, user: sales'), 7, 'a user needs a secret'],
  [smtp('host: h, password-env: P'), 7, 'a secret needs the user'],
  [smtp('host: h, user: sales, password: hunter2'), 7, 'password'],
  [smtp('host: h, user: sales, password-file: secret.txt'), 7, 'must be an absolute path'],
  [smtp('host: h, user: s, password-env: A, password-file: /b'), 7, 'password-env and password-file'],
  [smtp('host: h, rate: fast'), 7, '"fast" is not a rate'],
])('reports %j at line %i', (mail, line, message) => {
  const { problems } = read(mail);
  expect(problems.map(each => [each.file, each.line])).toEqual([['crm.yaml', line]]);
  expect(problems[0]!.message).toContain(message);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});
