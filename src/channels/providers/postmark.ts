import type { Json } from '../../domain/records.ts';
import {
  type Fields,
  objectIn,
  type Provider,
  type ProviderEvent,
  type ProviderEventName,
  textIn,
  timeIn,
} from './provider.ts';
import { hasToken } from './signatures.ts';

/** Types of bounces after which Postmark stops sending to the address. */
const hard = new Set(['HardBounce', 'BadEmailAddress', 'ManuallyDeactivated']);

/** https://postmarkapp.com/developer/webhooks/webhooks-overview. Its webhooks are not signed: their address has a password. */
export const postmark: Provider = {
  name: 'postmark',
  events(body) {
    const fields = objectIn(body, 'Postmark');
    const [name, time] = whatOf(fields);
    const email = textIn(fields.Recipient) ?? textIn(fields.Email);
    const at = timeIn(time);
    const message = textIn(fields.MessageID);
    if (name === undefined || email === undefined || at === undefined || message === undefined) return [];
    const id = `${message}:${String(fields.RecordType)}:${String(fields.ID ?? at)}`;
    return [{ name, id, email, at, messageIds: [`<${message}@mtasv.net>`], ...more(fields) }];
  },
  verify: hasToken,
};

function whatOf(fields: Fields): [ProviderEventName | undefined, Json | undefined] {
  switch (fields.RecordType) {
    case 'Delivery':
      return ['email.delivered', fields.DeliveredAt];
    case 'Bounce':
      return [hard.has(String(fields.Type)) ? 'email.bounced' : 'email.soft-bounced', fields.BouncedAt];
    case 'SpamComplaint':
      return ['email.complained', fields.BouncedAt];
    case 'Open':
      return ['email.opened', fields.ReceivedAt];
    case 'Click':
      return ['email.clicked', fields.ReceivedAt];
    case 'SubscriptionChange':
      // A change that follows a bounce or a complaint is known from that event.
      return [
        fields.SuppressSending === true && fields.SuppressionReason === 'ManualSuppression'
          ? 'email.unsubscribed'
          : undefined,
        fields.ChangedAt,
      ];
    default:
      return [undefined, undefined];
  }
}

function more({ UserAgent, OriginalLink, Description, Details }: Fields): Partial<ProviderEvent> {
  const [userAgent, url] = [textIn(UserAgent), textIn(OriginalLink)];
  const reason = textIn(Details) ?? textIn(Description);
  return { ...(userAgent && { userAgent }), ...(url && { url }), ...(reason && { reason }) };
}
