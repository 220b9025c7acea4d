/** Records what recipients of our mails do: each as one event of the contact that the message went to. */
import type { Writer } from '../app/core/writer.ts';
import { type Message, messageWithToken } from '../app/outbox/message.ts';
import type { Json } from '../domain/records.ts';
import { eventWith } from './intake.ts';

/** Adds an event about the message with a token, unless its `key` was recorded before; returns the message, if there is one. */
export function noteOf(
  writer: Writer,
  token: string,
  note: {
    readonly event: string;
    /** What tells it from other events of the same name and message; '' if there can be only one. */
    readonly key: string;
    readonly props?: { readonly [key: string]: Json };
  },
): Message | undefined {
  const message = messageWithToken(writer.draft.state, token);
  if (message?.contact === undefined || !writer.get(message.contact)) return message;
  const { event, key, props } = note;
  const externalId = [event, message.id, key].filter(part => part !== '').join(':');
  if (eventWith(writer, externalId) === undefined)
    writer.add('event', {
      name: event,
      contact: message.contact,
      props: { message: message.id, address: message.to, ...props },
      externalId,
    });
  return message;
}
