/**
 * Takes in delivery reports of servers and unsubscriptions by mail. A report counts only with the Message-ID of a message
 * to that recipient, and an unsubscription only with the message's own token, so a forged sender can neither unsubscribe
 * others nor suppress their mail.
 */
import type { DeliveryReport, ParsedMail } from '../../channels/mail-in/parsed-mail.ts';
import { formatInstant } from '../../domain/dates.ts';
import { sameEmail } from '../../domain/email.ts';
import type { Writer } from '../core/writer.ts';
import { type Message, messageWithToken, whyOf } from '../outbox/message.ts';
import { hasEvent, messageOf } from './earlier-mails.ts';
import { timeOf } from './record-mail.ts';

/** The status codes that say that an address is bad; other codes speak of the server, the message or a passing state. */
const BAD_ADDRESS: ReadonlySet<string> = new Set(['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** The most that the clocks of two servers may differ, ms: an hour. */
const CLOCKS = 3_600_000;

/** What became of a report or an unsubscription: it changed something, it was taken in before, or it is not about a message of ours. */
export type Outcome = 'done' | 'known' | 'not ours';

/** Notes which of our messages did not arrive. */
export function takeReport(writer: Writer, mail: ParsedMail, report: DeliveryReport): Outcome {
  const { state } = writer.draft;
  const originals = [...report.originals, ...mail.earlier].flatMap(id => messageOf(state, id) ?? []);
  let outcome: Outcome = 'not ours';
  for (const { recipient, status, diagnostic } of report.failures) {
    const message = originals.find(({ to }) => sameEmail(to, recipient));
    if (!message || !writer.view.seesId(message.id)) continue;
    const isBad = BAD_ADDRESS.has(status);
    if (isOfEarlierAttempt(mail, message)) {
      if (outcome === 'not ours') outcome = 'known';
      continue;
    }
    if (message.status !== 'failed') {
      const reason = isBad
        ? `the server of ${message.to} does not know the address (${status})`
        : `the server of ${message.to} did not take it (${status})`;
      const fields = {
        status: 'failed',
        reason,
        response: diagnostic ?? null,
        ...(isBad && { badAddress: true }),
      };
      writer.draft.set(message.id, fields, whyOf(message));
      outcome = 'done';
    } else if (outcome === 'not ours') outcome = 'known';
    if (isBad && addEvent(writer, mail, message, 'email.bounced', { status })) outcome = 'done';
  }
  return outcome;
}

/** Whether a report is about an earlier attempt: the message was sent again after the report. */
const isOfEarlierAttempt = ({ sentAt }: ParsedMail, message: Message): boolean =>
  sentAt !== undefined && typeof message.sentAt === 'string' && sentAt + CLOCKS < Date.parse(message.sentAt);

/** Notes that the recipient of the message with this token wants no more mail. */
export function takeUnsubscription(writer: Writer, mail: ParsedMail, token: string): Outcome {
  const message = messageWithToken(writer.draft.state, token);
  if (message?.contact === undefined) return 'not ours';
  return addEvent(writer, mail, message, 'email.unsubscribed', {}) ? 'done' : 'known';
}

/** Adds the event of a message and its address; false if it is there already. */
function addEvent(
  writer: Writer,
  mail: ParsedMail,
  message: Message,
  name: string,
  props: { readonly [key: string]: string },
): boolean {
  const externalId = `${name}:${message.id}`;
  if (message.contact === undefined || hasEvent(writer.draft.state, externalId)) return false;
  if (!writer.get(message.contact)) return false;
  writer.insert('event', {
    name,
    contact: message.contact,
    at: formatInstant(timeOf(mail, writer.draft.clock.now)),
    props: { message: message.id, address: message.to, ...props },
    externalId,
  });
  return true;
}
