/** The actions of people on messages. Only a person can settle a message of which nobody knows whether it left. */
import { failed } from '../../domain/errors.ts';
import type { Json } from '../../domain/records.ts';
import type { Writer } from '../core/writer.ts';
import { type Message, type MessageStatus, whyOf } from './message.ts';

/** An action: the states of messages that allow it, and their state afterwards. */
export interface MessageChange {
  readonly from: readonly MessageStatus[];
  fields(message: Message, at: string): Readonly<Record<string, Json>>;
  /** What to do instead, of a message in another state. */
  readonly otherwise: (message: Message) => string | undefined;
}

/** Lets a message leave that failed, or of which nobody knows whether it left. It keeps its Message-ID. */
export const retrying: MessageChange = {
  from: ['failed', 'unknown'],
  fields: (_, at) => ({
    status: 'queued',
    attempts: null,
    nextAt: null,
    reason: null,
    sender: null,
    badAddress: null,
    releasedAt: at,
  }),
  otherwise: ({ id, status }) =>
    status === 'held'
      ? `crm message release ${id} lets it leave`
      : status === 'queued'
        ? 'crm deliver sends it when it is due'
        : undefined,
};

/** Lets a held message leave. */
export const releasing: MessageChange = {
  from: ['held'],
  fields: (_, at) => ({ status: 'queued', hold: null, reason: null, releasedAt: at }),
  otherwise: ({ id, status }) =>
    status === 'failed' || status === 'unknown' ? `crm message retry ${id} sends it again` : undefined,
};

/** Sees to it that a message does not leave. */
export const cancelling: MessageChange = {
  from: ['queued', 'held', 'failed', 'unknown'],
  fields: () => ({ status: 'cancelled', hold: null, nextAt: null, reason: null, sender: null }),
  otherwise: () => undefined,
};

/** Says that a message arrived, by whatever way. */
export const markingSent: MessageChange = {
  from: ['unknown', 'failed', 'held', 'queued'],
  fields: (_, at) => ({
    status: 'sent',
    sentAt: at,
    hold: null,
    nextAt: null,
    reason: null,
    sender: null,
    badAddress: null,
  }),
  otherwise: () => undefined,
};

/** Changes a message that the acting user sees; FAILED if its state does not allow that. */
export function changeMessage(writer: Writer, id: string, { from, fields, otherwise }: MessageChange): void {
  const message = writer.view.record(id) as Message;
  if (!from.includes(message.status)) throw failed(`${id} is ${message.status}`, otherwise(message));
  writer.draft.set(id, fields(message, writer.at), whyOf(message));
}
