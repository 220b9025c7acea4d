import { createVerify } from 'node:crypto';
import {
  bracketed,
  type Fields,
  headerOf,
  objectIn,
  objectsIn,
  type Provider,
  type ProviderEvent,
  type ProviderEventName,
  textIn,
  timeIn,
} from './provider.ts';
import { isRecent } from './signatures.ts';

const names: { readonly [event: string]: ProviderEventName } = {
  delivered: 'email.delivered',
  deferred: 'email.soft-bounced',
  spamreport: 'email.complained',
  open: 'email.opened',
  click: 'email.clicked',
  unsubscribe: 'email.unsubscribed',
  group_unsubscribe: 'email.unsubscribed',
};

/** The reasons for which SendGrid drops a mail without trying to send it, if they are about the recipient. */
const dropped: { readonly [reason: string]: ProviderEventName } = {
  'bounced address': 'email.bounced',
  invalid: 'email.bounced',
  'spam reporting address': 'email.complained',
  'unsubscribed address': 'email.unsubscribed',
};

/**
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event for the fields, and
 * .../tracking-events/getting-started-event-webhook-security-features for the signature.
 */
export const sendgrid: Provider = {
  name: 'sendgrid',
  events(body) {
    const all = Array.isArray(body) ? objectsIn(body) : [objectIn(body, 'SendGrid')];
    return all.flatMap(eventOf);
  },
  /** The secret is the public key: base64 of its DER form. */
  verify(request, { secret, now }) {
    const timestamp = headerOf(request, 'x-twilio-email-event-webhook-timestamp');
    const signature = headerOf(request, 'x-twilio-email-event-webhook-signature');
    if (signature === '' || !isRecent(Number(timestamp) * 1000, now)) return false;
    const key = `-----BEGIN PUBLIC KEY-----\n${secret.trim()}\n-----END PUBLIC KEY-----\n`;
    try {
      return createVerify('sha256').update(timestamp).update(request.body).verify(key, signature, 'base64');
    } catch {
      return false;
    }
  },
};

function eventOf(fields: Fields): ProviderEvent[] {
  const name = nameOf(fields);
  const [id, email, at] = [textIn(fields.sg_event_id), textIn(fields.email), timeIn(fields.timestamp)];
  if (name === undefined || id === undefined || email === undefined || at === undefined) return [];
  const [userAgent, url, reason] = [textIn(fields.useragent), textIn(fields.url), textIn(fields.reason)];
  return [
    {
      name,
      id,
      email,
      at,
      // Opens and clicks have no `smtp-id`, but what `outbox/provider-headers.ts` adds.
      messageIds: [...bracketed(textIn(fields['smtp-id'])), ...bracketed(textIn(fields['message-id']))],
      ...(userAgent && { userAgent }),
      ...(fields.sg_machine_open === true && { isMachine: true }),
      ...(url && { url }),
      ...(reason && { reason }),
    },
  ];
}

function nameOf({ event, type, reason }: Fields): ProviderEventName | undefined {
  // A blocked mail was refused for another reason than its address.
  if (event === 'bounce') return type === 'blocked' ? 'email.soft-bounced' : 'email.bounced';
  if (event === 'dropped') {
    const why = String(reason).toLowerCase();
    return (Object.hasOwn(dropped, why) ? dropped[why] : undefined) ?? 'email.soft-bounced';
  }
  return Object.hasOwn(names, String(event)) ? names[String(event)] : undefined;
}
