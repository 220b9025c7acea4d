import { isObject, type Json } from '../../domain/records.ts';
import {
  bracketed,
  type Fields,
  objectIn,
  type Provider,
  type ProviderEvent,
  type ProviderEventName,
  textIn,
  timeIn,
} from './provider.ts';
import { hasToken } from './signatures.ts';

/** Types of bounces that mean the address or its user; every other type may be temporary. */
const types: { readonly [type: string]: ProviderEventName } = {
  HardBounce: 'email.bounced',
  BadEmailAddress: 'email.bounced',
  ManuallyDeactivated: 'email.bounced',
  SpamComplaint: 'email.complained',
  Unsubscribe: 'email.unsubscribed',
};

/**
 * https://postmarkapp.com/developer/webhooks/webhooks-overview and the page of each webhook; the types of bounces are in
 * https://postmarkapp.com/developer/api/bounce-api. Its webhooks are not signed: their address has a password.
 */
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
    return [{ name, id, email, at, messageIds: idsOf(fields, message), ...more(fields) }];
  },
  verify: hasToken,
};

/** Postmark gives mails a Message-ID of its own; ours comes back in the metadata that `outbox/provider-headers.ts` adds. */
function idsOf({ Metadata: metadata }: Fields, message: string): string[] {
  const ours = isObject(metadata) ? textIn((metadata as Fields)['message-id']) : undefined;
  return [...bracketed(ours), `<${message}@mtasv.net>`];
}

function whatOf(fields: Fields): [ProviderEventName | undefined, Json | undefined] {
  switch (fields.RecordType) {
    case 'Delivery':
      return ['email.delivered', fields.DeliveredAt];
    case 'Bounce':
      return [typeOf(String(fields.Type)), fields.BouncedAt];
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

const typeOf = (type: string): ProviderEventName =>
  (Object.hasOwn(types, type) ? types[type] : undefined) ?? 'email.soft-bounced';

function more({ UserAgent, OriginalLink, Description, Details }: Fields): Partial<ProviderEvent> {
  const [userAgent, url] = [textIn(UserAgent), textIn(OriginalLink)];
  const reason = textIn(Details) ?? textIn(Description);
  return { ...(userAgent && { userAgent }), ...(url && { url }), ...(reason && { reason }) };
}
