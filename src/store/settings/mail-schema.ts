/** Checks `mail:` in crm.yaml: its shape, and what must hold beyond it. */
import * as z from 'zod/mini';
import { parseDuration } from '../../domain/dates.ts';
import { readAddress } from '../../domain/email.ts';
import {
  type ImapSettings,
  isLoopback,
  type MailServer,
  type MailSettings,
  mailVias,
  readRate,
  type SecretSource,
  type SmtpSettings,
  tlsModes,
} from '../../domain/mail-settings.ts';
import { parseSendingHours } from '../../domain/sending-hours.ts';
import { defined, type Say } from './config-problems.ts';
import { made, readBy } from './read-by.ts';

const CONTROL = /[\u0000-\u001f\u007f]/;
/** The most characters of a setting: more than any address, host or command needs. */
const LONGEST = 1000;

const line = z.string().check(
  z.minLength(1, 'must not be empty'),
  z.maxLength(LONGEST, `must have at most ${LONGEST} characters`),
  z.refine(text => !CONTROL.test(text), 'must be one line, without control characters'),
);
const address = line.check(
  z.refine(text => readAddress(text) !== undefined, {
    error: ({ input }) => `${JSON.stringify(input)} is not an e-mail address (sales@example.com)`,
  }),
);
const duration = readBy(z.string(), parseDuration);
const hours = readBy(z.string(), text => {
  parseSendingHours(text);
  return text;
});
const host = line.check(
  z.regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$/,
    'must be the name or address of a server, such as smtp.example.com',
  ),
);
const variable = line.check(
  z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'),
);
const privateFile = line.check(z.regex(/^(\/|~\/)./, 'must be an absolute path, or begin with ~/'));
const argv = z
  .array(line)
  .check(z.minLength(1, 'must have the program and its arguments: [pass, show, smtp]'));

const rate = readBy(z.string(), text =>
  made(readRate(text), `${JSON.stringify(text)} is not a rate (accepted: 2/s, 30/min, 500/h)`),
);

const server = {
  host,
  port: z.optional(z.int('must be a port, 1 to 65535').check(z.minimum(1), z.maximum(65535))),
  tls: z.optional(z.enum(tlsModes)),
  user: z.optional(line),
  'password-env': z.optional(variable),
  'password-file': z.optional(privateFile),
  'password-command': z.optional(argv),
  'token-command': z.optional(argv),
};

/** The schema of `mail:`. */
export const mailShape = z.strictObject({
  from: z.optional(address),
  via: z._default(z.enum(mailVias), 'files'),
  'reply-to': z.optional(address),
  bcc: z.optional(address),
  'max-age': z.optional(duration),
  'max-per-run': z.optional(z.int('must be a whole number').check(z.minimum(1))),
  dedupe: z.optional(duration),
  send: z.optional(hours),
  smtp: z.optional(
    z.strictObject({
      ...server,
      rate: z.optional(rate),
      dkim: z.optional(z.strictObject({ domain: host, selector: host, 'key-file': privateFile })),
    }),
  ),
  sendmail: z.optional(argv),
  fetch: z.optional(z.strictObject({ ...server, mailbox: z._default(line, 'INBOX') })),
});

type Mail = z.infer<typeof mailShape>;
type Server = Omit<NonNullable<Mail['fetch']>, 'mailbox'>;

/** Returns the settings of `mail:` after its shape was checked; reports contradictions. */
export function mailOf(mail: Mail | undefined | null, say: Say): { readonly mail?: MailSettings } {
  if (!mail) return {};
  const { from, via, bcc, send, dedupe, sendmail, smtp, fetch } = mail;
  if (via !== 'files' && from === undefined)
    say(['mail'], 'mail needs the address that it is from', "from: 'Acme Sales <sales@example.com>'");
  if (via === 'smtp' && !smtp)
    say(['mail', 'via'], 'via: smtp needs the server', 'smtp: { host: smtp.example.com, user: ... }');
  if (via === 'sendmail' && !sendmail)
    say(['mail', 'via'], 'via: sendmail needs the program', 'sendmail: [msmtp, -t]');
  const settings = {
    via,
    from,
    replyTo: mail['reply-to'],
    bcc: bcc && readAddress(bcc)?.email,
    maxAge: mail['max-age'],
    maxPerRun: mail['max-per-run'],
    dedupe,
    send,
    smtp: smtp && smtpOf(smtp, say),
    sendmail,
    fetch: fetch && imapOf(fetch, say),
  };
  return { mail: defined(settings) as MailSettings };
}

function smtpOf(smtp: NonNullable<Mail['smtp']>, say: Say): SmtpSettings {
  const { rate, dkim } = smtp;
  return {
    ...serverOf(smtp, { starttls: 587, tls: 465, none: 25 }, 'starttls', ['mail', 'smtp'], say),
    ...(rate && { rate }),
    ...(dkim && { dkim: { domain: dkim.domain, selector: dkim.selector, keyFile: dkim['key-file'] } }),
  };
}

const imapOf = (fetch: NonNullable<Mail['fetch']>, say: Say): ImapSettings => ({
  ...serverOf(fetch, { tls: 993, starttls: 143, none: 143 }, 'tls', ['mail', 'fetch'], say),
  mailbox: fetch.mailbox,
});

/** Fills in the port from the kind of TLS, or the other way round, by the well-known ports. */
function serverOf(
  server: Server,
  ports: Readonly<Record<MailServer['tls'], number>>,
  usual: MailServer['tls'],
  path: readonly string[],
  say: Say,
): MailServer {
  const { host, user } = server;
  const byPort = (['tls', 'starttls'] as const).find(mode => ports[mode] === server.port);
  const tls = server.tls ?? byPort ?? usual;
  if (tls === 'none' && !isLoopback(host))
    say(
      [...path, 'tls'],
      'tls: none is for a server on this machine alone: it would send passwords and mails in the clear',
      'tls: starttls, or tls: tls',
    );
  return defined({
    host,
    port: server.port ?? ports[tls],
    tls,
    user,
    secret: secretOf(server, path, say),
  }) as MailServer;
}

function secretOf(server: Server, path: readonly string[], say: Say): SecretSource | undefined {
  const sources: { readonly [key: string]: SecretSource | undefined } = {
    'password-env': one(server['password-env'], name => ({ kind: 'env', name })),
    'password-file': one(server['password-file'], file => ({ kind: 'file', path: file })),
    'password-command': one(server['password-command'], argv => ({ kind: 'command', argv })),
    'token-command': one(server['token-command'], argv => ({ kind: 'token-command', argv })),
  };
  const given = Object.keys(sources).filter(key => sources[key]);
  if (given.length > 1)
    say(
      [...path, given[1]!],
      `${given.join(' and ')} say where the secret is, and only one of them can`,
      'keep one of them',
    );
  if (given.length === 0 && server.user !== undefined)
    say([...path, 'user'], 'a user needs a secret', Object.keys(sources).join(', '));
  if (given.length > 0 && server.user === undefined)
    say([...path, given[0]!], 'a secret needs the user whose it is', 'user: sales@example.com');
  return sources[given[0] ?? ''];
}

const one = <T>(value: T | undefined, made: (value: T) => SecretSource): SecretSource | undefined =>
  value === undefined ? undefined : made(value);
