/** What a channel is handed of a message. */
import type { Mail, Outgoing } from '../../channels/channel.ts';
import type { Config } from '../../domain/config.ts';
import { readAddress } from '../../domain/email.ts';
import type { Json } from '../../domain/records.ts';
import { Sha256 } from '../../store/sha256.ts';
import { type MailParts, tidied } from './mail-parts.ts';
import type { Message } from './message.ts';
import { unsubscriptionOf } from './recipient-links.ts';

/** The address that e-mails are from if `crm.yaml` names none: they are filed, and nobody can answer them. */
const NOBODY = 'crm@localhost';

/** An address with a name before it, quoted: no character of the name means anything to who reads it. */
const mailbox = (name: string | undefined, email: string): string =>
  name ? `"${name.replace(/["\\]/g, '\\$&')}" <${email}>` : email;

/** Returns the address line of a setting; its one address stays one, whatever is in the name. */
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

/** What an attempt knows beside the message. */
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

/** What an e-mail says, to whomever it goes. */
function mailOf(
  message: Message,
  { config, parts, original }: Attempt,
): Omit<Mail, 'id' | 'key' | 'attempt' | 'at'> {
  const { to, subject = '', body = '', messageId = '', automation } = message;
  const replyTo = message.replyTo ?? config.mail?.replyTo;
  // Who gets a copy cannot unsubscribe the recipient.
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
      ...(automation !== undefined && { 'Auto-Submitted': 'auto-generated' }),
      ...(message.inReplyTo && { 'In-Reply-To': message.inReplyTo }),
      ...(message.references && { References: message.references }),
      ...unsubscription?.headers,
    },
  };
}

/** Digits of a key: 128 bits. */
const KEY_LENGTH = 32;

/**
 * Returns what tells a message from all others, of other workspaces too: a receiver that gets the same key again has had
 * the message. It is the same for all who plan the same sweep of the same journal.
 */
function keyOf({ id, key = id, createdAt }: Message, workspace: string): string {
  const digest = new Sha256().update(JSON.stringify([workspace, id, key, createdAt])).digest();
  return Buffer.from(digest, 'base64url').toString('hex').slice(0, KEY_LENGTH);
}

/** Returns the program and its arguments of a queued command; of what is not one, nothing. */
export function commandIn({ body = '' }: Pick<Message, 'body'>): readonly string[] {
  try {
    const argv: unknown = JSON.parse(body);
    return Array.isArray(argv) && argv.every(each => typeof each === 'string') ? argv : [];
  } catch {
    return [];
  }
}
