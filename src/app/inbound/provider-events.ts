/**
 * Records what providers report about e-mails: an event of the contact, once for each id of the provider. A report about
 * a message of ours names the message; any other report is an event of the contact alone, and suppresses no mail to it.
 */
import { isMachine } from '../../channels/providers/is-machine.ts';
import type { ProviderEvent } from '../../channels/providers/provider.ts';
import { formatInstant } from '../../domain/dates.ts';
import { sameEmail } from '../../domain/email.ts';
import type { Json } from '../../domain/records.ts';
import type { Writer } from '../core/writer.ts';
import { type Message, whyOf } from '../outbox/message.ts';
import { contactOf } from './belonging.ts';
import { hasEvent, messageOf } from './earlier-mails.ts';

/** The most characters that are kept of a text from a provider. */
const LONGEST = 2000;

/** What became of the events of a provider. */
export interface TakenEvents {
  readonly created: number;
  /** Events that were recorded before. */
  readonly known: number;
  /** Events of addresses that no contact has. */
  readonly unknown: number;
}

/** Records events on a draft; the caller commits them as one transaction. */
export function takeProviderEvents(
  writer: Writer,
  provider: string,
  events: readonly ProviderEvent[],
): TakenEvents {
  const taken = { created: 0, known: 0, unknown: 0 };
  for (const event of events) taken[takeEvent(writer, provider, event)]++;
  return taken;
}

function takeEvent(writer: Writer, provider: string, event: ProviderEvent): keyof TakenEvents {
  const { state } = writer.draft;
  const externalId = `${provider}:${event.id}`;
  if (hasEvent(state, externalId)) return 'known';
  const message = ourMessage(writer, event);
  const contact = message?.contact ?? contactOf(writer.view, event.email);
  if (contact === undefined || !state.get(contact)) return 'unknown';
  const sentAt = message?.sentAt == null ? undefined : Date.parse(message.sentAt);
  writer.insert('event', {
    name: event.name,
    contact,
    at: formatInstant(Math.min(event.at, writer.draft.clock.now)),
    props: propsOf(event, message, isMachine(event, sentAt)),
    externalId,
  });
  if (message && event.name === 'email.bounced' && message.status !== 'failed')
    writer.draft.set(
      message.id,
      { status: 'failed', badAddress: true, reason: `${event.email} bounced, ${provider} says` },
      whyOf(message),
    );
  return 'created';
}

/** Returns our message to that recipient that an event is about. */
const ourMessage = (writer: Writer, { messageIds, email }: ProviderEvent): Message | undefined =>
  messageIds
    .flatMap(id => messageOf(writer.draft.state, id) ?? [])
    .find(({ id, to }) => sameEmail(to, email) && writer.view.seesId(id));

function propsOf(
  { email, url, reason, userAgent }: ProviderEvent,
  message: Message | undefined,
  machine: boolean,
): { readonly [key: string]: Json } {
  const texts = { url, reason, userAgent };
  const given = Object.entries(texts).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, text.slice(0, LONGEST)] as const],
  );
  return {
    ...(message ? { message: message.id } : { unmatched: true }),
    address: email,
    ...(machine && { machine }),
    ...Object.fromEntries(given),
  };
}
