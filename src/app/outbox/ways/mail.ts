/** What the ways of e-mails have in common. */
import type { Config } from '../../../domain/config.ts';
import { addressOf, type MailServer, type MailVia } from '../../../domain/mail-settings.ts';
import type { Json } from '../../../domain/records.ts';
import type { TrustItem } from '../../core/trust-item.ts';
import type { Message } from '../message.ts';

/** Returns a test for e-mails, in workspaces whose settings send e-mails this way. */
export const isMailVia =
  (via: MailVia) =>
  ({ channel }: Message, { mail }: Config): boolean =>
    ['email', 'bcc', 'notify-mail'].includes(channel) && (mail?.via ?? 'files') === via;

/** Returns what a person must trust before a mail server is used: the server, and the secret that it is handed. */
export function serverItems(kind: string, server: MailServer): readonly TrustItem[] {
  const { tls, user, secret } = server;
  const at = addressOf(server);
  const reached = { kind, what: `${at} (${tls})`, exactly: { at, tls } };
  if (user === undefined || secret === undefined) return [reached];
  const exactly = { at, user, ...secret } as unknown as Json;
  const of = `of ${user} at ${at}`;
  if (secret.kind === 'env')
    return [reached, { kind: 'secret', what: `password ${of}: from $${secret.name}`, exactly }];
  if (secret.kind === 'file')
    return [reached, { kind: 'secret', what: `password ${of}: from ${secret.path}`, exactly }];
  const { argv } = secret;
  const what = `${secret.kind === 'command' ? 'password' : 'token'} ${of}: printed by ${argvText(argv)}`;
  return [reached, { kind: 'secret', what, exactly, argv }];
}

/** Returns a command as a person reads it: words that a shell would split are quoted. */
export const argvText = (argv: readonly string[]): string =>
  argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
