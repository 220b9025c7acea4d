import {
  bracketed,
  type Fields,
  objectIn,
  objectsIn,
  type Provider,
  type ProviderEvent,
  type ProviderEventName,
  textIn,
  timeIn,
} from './provider.ts';
import { hasToken } from './signatures.ts';

const names: { readonly [event: string]: ProviderEventName } = {
  delivered: 'email.delivered',
  soft_bounce: 'email.soft-bounced',
  deferred: 'email.soft-bounced',
  // Brevo did not try to send it: because of an earlier bounce, complaint or unsubscription, or because something went wrong.
  blocked: 'email.soft-bounced',
  error: 'email.soft-bounced',
  hard_bounce: 'email.bounced',
  invalid_email: 'email.bounced',
  spam: 'email.complained',
  complaint: 'email.complained',
  opened: 'email.opened',
  unique_opened: 'email.opened',
  proxy_open: 'email.opened',
  unique_proxy_open: 'email.opened',
  click: 'email.clicked',
  unsubscribed: 'email.unsubscribed',
};

/**
 * https://developers.brevo.com/docs/transactional-webhooks: `ts_event` is in seconds, `ts_epoch` in milliseconds, and `date`
 * is local time. Its webhooks are not signed: they carry a token.
 */
export const brevo: Provider = {
  name: 'brevo',
  events(body) {
    const all = Array.isArray(body) ? objectsIn(body) : [objectIn(body, 'Brevo')];
    return all.flatMap(eventOf);
  },
  verify: hasToken,
};

function eventOf(fields: Fields): ProviderEvent[] {
  const event = String(fields.event);
  const name = Object.hasOwn(names, event) ? names[event] : undefined;
  const [email, message] = [textIn(fields.email), textIn(fields['message-id'])];
  const { ts_epoch: epoch } = fields;
  const at = timeIn(fields.ts_event) ?? (typeof epoch === 'number' ? epoch : timeIn(fields.ts));
  if (name === undefined || email === undefined || message === undefined || at === undefined) return [];
  const userAgent = textIn(fields.user_agent);
  const [url, reason] = [textIn(fields.link), textIn(fields.reason)];
  return [
    {
      name,
      // `opened` and `unique_opened` report the same open.
      id: `${message}:${event.replace('unique_', '')}:${at}`,
      email,
      at,
      messageIds: bracketed(message),
      ...(userAgent && { userAgent }),
      ...(event.includes('proxy') && { isMachine: true }),
      ...(url && { url }),
      ...(reason && { reason }),
    },
  ];
}
