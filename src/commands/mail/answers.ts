/** Reads the options of `crm mail setup`, and completes them with defaults. */
import type { MailAnswers } from '../../app/settings/set-mail.ts';
import { readAddress } from '../../domain/email.ts';
import { usage } from '../../domain/errors.ts';
import { providerOf } from '../../domain/mail-providers.ts';
import { type MailSettings, mailVias, type SecretSource, tlsModes } from '../../domain/mail-settings.ts';
import { oneOf } from '../line/globals.ts';
import type { Options, OptionSpec } from '../line/options.ts';
import { oneWord } from '../args/declare.ts';
import { programWords } from '../line/program-words.ts';

export const setupOptions: readonly OptionSpec[] = [
  { flags: '--from <ADDRESS>', description: "the sender of e-mails: 'Acme Sales <sales@example.com>'" },
  {
    flags: '--via <WAY>',
    description: 'smtp, sendmail or files (default: what the other options say)',
    value: oneWord(['smtp', 'sendmail', 'files']),
  },
  { flags: '--server <HOST[:PORT]>', description: "the mail server (default: the one of --from's provider)" },
  {
    flags: '--tls <MODE>',
    description: 'starttls, tls or none (default: by the port: 465 is tls)',
    value: oneWord(['starttls', 'tls', 'none']),
  },
  { flags: '--user <NAME>', description: 'the login name (default: the address of --from)' },
  { flags: '--password-env <NAME>', description: 'the variable that has the password' },
  { flags: '--password-file <FILE>', description: 'the private file that has the password' },
  {
    flags: '--password-command <COMMAND>',
    description: "the command that prints the password: 'pass show mail'",
  },
  { flags: '--token-command <COMMAND>', description: 'the command that prints an OAuth 2 access token' },
  { flags: '--sendmail <COMMAND>', description: "the program that takes e-mails: 'msmtp -t'" },
  { flags: '--reply-to <ADDRESS>', description: 'the address that answers go to' },
  { flags: '--bcc <ADDRESS>', description: 'the address that gets a copy of each e-mail that was sent' },
  { flags: '--to <ADDRESS>', description: 'where the test e-mail goes (default: your own address)' },
  { flags: '--no-test', description: 'send no test e-mail' },
];

/** Reads the options; those that are not given are left out. */
export function answersGiven(options: Options): MailAnswers {
  const via = options.text('via');
  const tls = options.text('tls');
  const server = options.text('server');
  const sendmail = options.text('sendmail');
  return {
    via: via === undefined ? undefined : oneOf('--via', via, mailVias),
    from: options.text('from'),
    replyTo: options.text('replyTo'),
    bcc: options.text('bcc'),
    ...(server !== undefined && readServer(server)),
    tls: tls === undefined ? undefined : oneOf('--tls', tls, tlsModes),
    user: options.text('user'),
    secret: secretGiven(options),
    sendmail: sendmail === undefined ? undefined : programWords('--sendmail', sendmail, 'msmtp -t'),
  };
}

/** Reads `smtp.example.com`, `smtp.example.com:465` or `[::1]:25`. */
export function readServer(text: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s]+))(?::(\d{1,5}))?$/i.exec(text.trim());
  if (!match) throw usage(`${JSON.stringify(text)} is not a server`, 'for example smtp.example.com:587');
  return { host: (match[1] ?? match[2])!, ...(match[3] !== undefined && { port: Number(match[3]) }) };
}

function secretGiven(options: Options): SecretSource | undefined {
  const [env, file] = [options.text('passwordEnv'), options.text('passwordFile')];
  const [command, token] = [options.text('passwordCommand'), options.text('tokenCommand')];
  const given: SecretSource[] = [
    ...(env === undefined ? [] : [{ kind: 'env', name: env } as const]),
    ...(file === undefined ? [] : [{ kind: 'file', path: file } as const]),
    ...(command === undefined
      ? []
      : [{ kind: 'command', argv: programWords('--password-command', command, 'pass show mail') } as const]),
    ...(token === undefined
      ? []
      : [{ kind: 'token-command', argv: programWords('--token-command', token, 'pass show mail') } as const]),
  ];
  if (given.length > 1)
    throw usage(
      'a secret is kept in one place',
      'one of --password-env, -file, -command and --token-command',
    );
  return given[0];
}

/** Completes the answers without asking; USAGE if something is missing. */
export function completed(given: MailAnswers, before: MailSettings | undefined): MailAnswers {
  const from = given.from ?? before?.from;
  const via = given.via ?? wayIn(given) ?? before?.via;
  if (via === 'files') return { ...given, via };
  if (from === undefined) throw usage('whom are e-mails from?', "--from 'Acme Sales <sales@example.com>'");
  if (via === 'sendmail') return { ...given, via };
  const server = serverFor(from);
  const { host = server?.host, user = before?.smtp?.user ?? readAddress(from)?.email } = given;
  const isKept = given.host === undefined && before?.smtp !== undefined;
  if (host === undefined && !isKept)
    throw usage(
      'which server sends e-mails?',
      '--server smtp.example.com:587, or --sendmail, or --via files',
    );
  if (given.secret === undefined && before?.smtp?.secret === undefined && given.user !== '')
    throw usage(
      'where is the password kept?',
      '--password-env, --password-file, --password-command or --token-command',
    );
  return { ...given, via: 'smtp', user, ...(isKept ? {} : { ...server, ...definedOnly(given), host, user }) };
}

/** Returns the way that the other answers imply. */
const wayIn = ({ sendmail, host, secret }: MailAnswers): MailAnswers['via'] =>
  sendmail ? 'sendmail' : (host ?? secret) ? 'smtp' : undefined;

/** Returns the mail server of an address's provider. */
const serverFor = (from: string) => providerOf(readAddress(from)?.email ?? from)?.smtp;

const definedOnly = ({ port, tls }: MailAnswers) => ({
  ...(port !== undefined && { port }),
  ...(tls !== undefined && { tls }),
});
