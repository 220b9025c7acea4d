/** Makes the data of a message for a channel. */
import type { Mail, Outgoing } from '../../channels/channel.ts';
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import type { Json } from '../../domain/records.ts';
import { Sha256 } from '../../store/disk/sha256.ts';
import { type MailParts, tidied } from './mail-parts.ts';
import type { Message } from './message.ts';
import { providerHeaders } from './provider-headers.ts';
import { unsubscriptionOf } from './recipient-links.ts';

/** The address that e-mails are from if `crm.yaml` names none: they are filed, and nobody can answer them. */
const NOBODY = 'crm@localhost';

/** Returns an address with a quoted name before it, so that no character of the name has a meaning in the header. */
const mailbox = (name: string | undefined, email: string): string =>
  name ? `"${name.replace(/["\\]/g, '\\$&')}" <${email}>` : email;

/** Returns the address line of a setting: it has one address, whatever characters the name has. */
function mailboxIn(text: string): string {
  const { name, email } = readAddress(text) ?? { email: text };
  return mailbox(name, email);
}

/** Returns the address that e-mails are from, with its name: `"Acme Sales" <sales@example.com>`. */
export const fromOf = ({ mail, name }: Config): string =>
  mail?.from === undefined
    ? mailbox(name.replace(/[^\p{L}\p{N} .,&'-]/gu, ' '), NOBODY)
    : mailboxIn(mail.from);

/** The part of an address after the `@`, for Message-IDs. */
export const domainOf = (from: string): string => /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';

/** What an attempt is given beside the message. */
export interface Attempt {
  readonly config: Config;
  /** The time of the attempt, ms. */
  readonly at: number;
  /** The workspace's id. */
  readonly workspace: string;
  /** The e-mail that the message is a copy of. */
  readonly original?: Message | undefined;
  /** Of an e-mail. */
  readonly parts?: MailParts | undefined;
}

/** Returns a message for one attempt. */
export function outgoingOf(message: Message, attempt: Attempt): Outgoing {
  const { id, to, body = '', attempts = 1, payload = 'null' } = message;
  const { at, workspace, original = message } = attempt;
  const common = { id, key: keyOf(message, workspace), attempt: attempts, at };
  switch (message.channel) {
    case 'email':
    case 'notify-mail':
      return { ...common, ...mailOf(message, attempt) };
    case 'bcc':
      return { ...common, ...mailOf(original, attempt), envelope: to };
    case 'notify':
    case 'notify-desktop':
      return { ...common, channel: 'notify', to, text: body };
    case 'webhook':
      return { ...common, channel: 'webhook', url: to, body: body || payload };
    default:
      return { ...common, channel: 'run', argv: commandIn(message), input: JSON.parse(payload) as Json };
  }
}

/** Returns the content of an e-mail, for its recipient and for the copy alike. */
function mailOf(
  message: Message,
  { config, parts, original }: Attempt,
): Omit<Mail, 'id' | 'key' | 'attempt' | 'at'> {
  const { to, subject = '', body = '', messageId = '', automation, confirms } = message;
  const replyTo = message.replyTo ?? config.mail?.replyTo;
  // Whoever gets a copy must not be able to unsubscribe the recipient.
  const unsubscription = original ? undefined : unsubscriptionOf(message, config);
  return {
    channel: 'email',
    from: fromOf(config),
    to,
    ...(replyTo !== undefined && { replyTo: mailboxIn(replyTo) }),
    subject,
    messageId,
    text: tidied(unsubscription ? `${body}\n\n-- \nUnsubscribe: ${unsubscription.link}` : body),
    ...(parts?.html !== undefined && { html: parts.html }),
    ...(parts && parts.attachments.length > 0 && { attachments: parts.attachments }),
    headers: {
      ...((automation ?? confirms) && { 'Auto-Submitted': 'auto-generated' }),
      ...(message.inReplyTo && { 'In-Reply-To': message.inReplyTo }),
      ...(message.references && { References: message.references }),
      ...unsubscription?.headers,
      ...(!original && config.mail?.via === 'smtp' && providerHeaders(config.mail.smtp?.host, messageId)),
    },
  };
}

/** Digits of a key: 128 bits. */
const KEY_LENGTH = 32;

/**
 * Returns a key that no other message of any workspace has: a receiver that gets the same key again has had the message.
 * Every machine that plans the same sweep of the same journal gets the same key.
 */
function keyOf({ id, key = id, createdAt }: Message, workspace: string): string {
  const digest = new Sha256().update(JSON.stringify([workspace, id, key, createdAt])).digest();
  return Buffer.from(digest, 'base64url').toString('hex').slice(0, KEY_LENGTH);
}

/** Returns the program and arguments of a queued command; an empty list if the text is not a command. */
export function commandIn({ body = '' }: Pick<Message, 'body'>): readonly string[] {
  try {
    const argv: unknown = JSON.parse(body);
    return Array.isArray(argv) && argv.every(each => typeof each === 'string') ? argv : [];
  } catch {
    return [];
  }
}
