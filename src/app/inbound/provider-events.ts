/**
 * Records what providers tell of e-mails: an event of the contact, once for each id of the provider. What is told of a
 * message of ours names it; anything else is an event of the contact alone, and keeps no mail from its address.
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

/** The most characters of a text that a provider gives. */
const LONGEST = 2000;

/** What became of the events of a provider. */
export interface TakenEvents {
  readonly created: number;
  /** Those that were told before. */
  readonly known: number;
  /** Those of addresses that no contact has. */
  readonly unknown: number;
}

/** Records events; one transaction for all of them is the caller's. */
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

/** Our message to that recipient of which an event tells. */
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
