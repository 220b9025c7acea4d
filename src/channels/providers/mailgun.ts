import { createHmac } from 'node:crypto';
import { isObject } from '../../domain/records.ts';
import {
  bracketed,
  type Fields,
  objectIn,
  type Provider,
  type ProviderEventName,
  textIn,
  timeIn,
} from './provider.ts';
import { isRecent, isSameText } from './signatures.ts';

const names: { readonly [event: string]: ProviderEventName } = {
  delivered: 'email.delivered',
  complained: 'email.complained',
  opened: 'email.opened',
  clicked: 'email.clicked',
  unsubscribed: 'email.unsubscribed',
};

/** Reasons of a permanent failure for which Mailgun did not try to send: what the recipient did before. */
const suppressed: { readonly [reason: string]: ProviderEventName } = {
  'suppress-unsubscribe': 'email.unsubscribed',
  'suppress-complaint': 'email.complained',
};

/**
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads for the fields, .../webhooks/webhooks
 * for the events, .../webhooks/securing-webhooks for the signature.
 */
export const mailgun: Provider = {
  name: 'mailgun',
  events(body) {
    const data = objectIn(objectIn(body, 'Mailgun')['event-data'], 'Mailgun');
    const name = nameOf(data);
    const [id, email, at] = [textIn(data.id), textIn(data.recipient), timeIn(data.timestamp)];
    if (name === undefined || id === undefined || email === undefined || at === undefined) return [];
    const client = within(data, 'client-info');
    const status = within(data, 'delivery-status');
    const [userAgent, url] = [textIn(client['user-agent']), textIn(data.url)];
    const reason = textIn(status.description) ?? textIn(status.message);
    // `client-type` is `robot` for scanners that Mailgun knows; `bot` names a proxy (Apple's, Gmail's).
    const isMachine = client['client-type'] === 'robot' || textIn(client.bot) !== undefined;
    return [
      {
        name,
        // Mailgun promises that an id is unique within a day.
        id: `${id}:${at}`,
        email,
        at,
        messageIds: bracketed(textIn(within(within(data, 'message'), 'headers')['message-id'])),
        ...(userAgent && { userAgent }),
        ...(isMachine && { isMachine }),
        ...(url && { url }),
        ...(reason && { reason }),
      },
    ];
  },
  verify({ body }, { secret, now }) {
    const { timestamp, token, signature } = signatureIn(body);
    if (secret === '' || !isRecent(Number(timestamp) * 1000, now)) return false;
    const expected = createHmac('sha256', secret).update(`${timestamp}${token}`).digest('hex');
    return isSameText(expected, signature);
  },
};

/** Checks Mailgun's signature, which is in the body and covers the time and a token that is never used again. */
function signatureIn(body: Uint8Array): { timestamp: string; token: string; signature: string } {
  let fields: Fields = {};
  try {
    fields = within(JSON.parse(Buffer.from(body).toString()) as Fields, 'signature');
  } catch {
    // The body is not JSON, so it has no signature.
  }
  const { timestamp, token, signature } = fields;
  return {
    timestamp: String(timestamp ?? ''),
    token: textIn(token) ?? '',
    signature: textIn(signature) ?? '',
  };
}

const within = (fields: Fields, key: string): Fields => {
  const value = isObject(fields) ? fields[key] : undefined;
  return isObject(value) ? (value as Fields) : {};
};

function nameOf({ event, severity, reason }: Fields): ProviderEventName | undefined {
  if (event === 'failed') {
    if (severity !== 'permanent') return 'email.soft-bounced';
    return Object.hasOwn(suppressed, String(reason)) ? suppressed[String(reason)] : 'email.bounced';
  }
  return Object.hasOwn(names, String(event)) ? names[String(event)] : undefined;
}
