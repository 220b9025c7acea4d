/** What a channel is handed of a message. */
import type { Outgoing } from '../../channels/channel.ts';
import type { Config } from '../../domain/config.ts';
import type { Json } from '../../domain/records.ts';
import type { Message } from './message.ts';

/** The sender of e-mails where `crm.yaml` names none: they are filed, and nobody can answer them. */
const nobody = ({ name }: Config): string =>
  `${JSON.stringify(name.replace(/[^\p{L}\p{N} .,&'-]/gu, ' '))} <crm@localhost>`;

/** Who e-mails are from: `Acme Sales <sales@example.com>`. */
export const fromOf = (config: Config): string => nobody(config);

/** The part of an address after the `@`, for Message-IDs. */
export const domainOf = (from: string): string => /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';

/** Returns a message for one attempt at `at`, ms. */
export function outgoingOf(message: Message, from: string, at: number, record: Json): Outgoing {
  const { id, to, body = '', subject = '', attempts = 1, key = id, messageId = '' } = message;
  const common = { id, key, attempt: attempts, at };
  switch (message.channel) {
    case 'email':
      return {
        ...common,
        channel: 'email',
        from,
        to,
        subject,
        messageId,
        text: body,
        headers: message.automation === undefined ? {} : { 'Auto-Submitted': 'auto-generated' },
      };
    case 'notify':
      return { ...common, channel: 'notify', to, text: body };
    case 'webhook':
      return { ...common, channel: 'webhook', url: to, body: body || JSON.stringify(record) };
    default:
      return { ...common, channel: 'run', argv: JSON.parse(body) as string[], input: record };
  }
}
