/** Records a mail: as an activity, and as the event that a message of ours was answered. */
import type { MailFile, ParsedMail, Party } from '../../channels/mail-in/parsed-mail.ts';
import { formatInstant } from '../../domain/dates.ts';
import type { State } from '../../state/state.ts';
import type { Writer } from '../core/writer.ts';
import type { Belonging } from './belonging.ts';
import { activityOf, hasEvent, messageOf } from './earlier-mails.ts';

/** The most characters that are kept of the list of recipients. */
const MOST_RECIPIENTS = 500;
/** How many characters of a digest tell two mails with the same Message-ID apart. */
const TELLS_APART = 16;

/** Returns the key that identifies a mail: its Message-ID, or the hash of its bytes if it has none. */
export const mailIdOf = ({ messageId, hash }: ParsedMail): string => messageId ?? `sha256:${hash}`;

/** How a mail relates to the mails that are recorded already. */
export type Known = 'known' | 'new' | { readonly sameIdAs: string };

/** Returns whether a mail is recorded already; a different mail with the same Message-ID counts as a mail of its own. */
export function knownMail(state: State, mail: ParsedMail, removed: ReadonlySet<string>): Known {
  const id = mailIdOf(mail);
  const variant = variantOf(mail);
  if (removed.has(id) || removed.has(variant) || activityOf(state, variant)) return 'known';
  // A message of ours that comes back as a copy has its own record.
  if (messageOf(state, id)) return 'known';
  const same = activityOf(state, id);
  if (!same) return 'new';
  return same.digest === undefined || same.digest === null || same.digest === mail.digest
    ? 'known'
    : { sameIdAs: same.id };
}

const variantOf = (mail: ParsedMail): string => `${mailIdOf(mail)}#${mail.digest.slice(0, TELLS_APART)}`;

/** Adds the activity of a mail, and `email.replied` of the message that it answers. Returns what was added. */
export function recordMail(
  writer: Writer,
  mail: ParsedMail,
  { deal, contact, account, others, by, direction, answers }: Belonging,
  known: Exclude<Known, 'known'>,
): { activity: string; isReply: boolean } {
  const subject = deal ?? contact!;
  const beside = [contact, ...others, account].filter(
    (each): each is string => each !== undefined && each !== subject,
  );
  const owner = [deal, contact].flatMap(id => (id && (writer.get(id)?.owner as string | undefined)) ?? [])[0];
  const at = formatInstant(timeOf(mail, writer.draft.clock.now));
  const id = mailIdOf(mail);
  const activity = writer.insert('activity', {
    type: 'email',
    for: subject,
    at,
    by: by ?? owner ?? writer.user,
    text: mail.text,
    direction,
    subject: mail.subject,
    from: mail.from && partyText(mail.from),
    to: partiesText([...mail.to, ...mail.cc]),
    attachments: mail.files.map(fileText).join(', '),
    ...(mail.isAutomatic && { automatic: true }),
    inReplyTo: mail.earlier[0],
    thread: mail.earlier.at(-1),
    digest: mail.digest,
    externalId: known === 'new' ? id : variantOf(mail),
    ...(beside.length > 0 && { with: [...new Set(beside)] }),
  });
  const isReply = answers?.contact !== undefined && !mail.isAutomatic;
  const replied = `reply:${id}`;
  if (!isReply || hasEvent(writer.draft.state, replied)) return { activity, isReply: false };
  writer.insert('event', {
    name: 'email.replied',
    contact: answers.contact!,
    at,
    props: { message: answers.id, activity },
    externalId: replied,
  });
  return { activity, isReply };
}

/** Returns when a mail was sent, ms: never in the future, whatever the mail says. */
export const timeOf = ({ sentAt }: ParsedMail, now: number): number => Math.min(sentAt ?? now, now);

/** `Jane Roe <jane@example.com>` */
const partyText = ({ name, email }: Party): string => (name === undefined ? email : `${name} <${email}>`);

function partiesText(parties: readonly Party[]): string {
  const texts: string[] = [];
  let length = 0;
  for (const each of parties.map(partyText)) {
    length += each.length + 2;
    if (length > MOST_RECIPIENTS) return `${texts.join(', ')} and ${parties.length - texts.length} more`;
    texts.push(each);
  }
  return texts.join(', ');
}

const fileText = ({ name, size }: MailFile): string =>
  `${name} (${size < 1024 ? `${size} bytes` : `${Math.ceil(size / 1024)} KB`})`;
