import { createHmac } from 'node:crypto';
import { readAddress } from '../../domain/email.ts';
import { isObject } from '../../domain/records.ts';
import {
  bracketed,
  type Fields,
  headerOf,
  objectIn,
  type Provider,
  type ProviderEventName,
  textIn,
  timeIn,
} from './provider.ts';
import { isRecent, isSameText } from './signatures.ts';

const names: { readonly [event: string]: ProviderEventName } = {
  'email.delivered': 'email.delivered',
  'email.delivery_delayed': 'email.soft-bounced',
  'email.failed': 'email.soft-bounced',
  // The address is on the account's list of addresses that bounced or complained.
  'email.suppressed': 'email.bounced',
  'email.complained': 'email.complained',
  'email.opened': 'email.opened',
  'email.clicked': 'email.clicked',
};

/**
 * https://resend.com/docs/webhooks/emails/bounced and its neighbours for the fields, .../webhooks/verify-webhooks-requests
 * for the signature, which is made as Svix does it (https://docs.svix.com/receiving/verifying-payloads/how-manual).
 */
export const resend: Provider = {
  name: 'resend',
  events(body) {
    const { type, created_at: created, data: its } = objectIn(body, 'Resend');
    const data = objectIn(its, 'Resend');
    const [bounce, click] = [part(data, 'bounce'), part(data, 'click')];
    const name =
      type === 'email.bounced'
        ? /^(transient|temporary|undetermined)$/i.test(textIn(bounce.type) ?? '')
          ? 'email.soft-bounced'
          : 'email.bounced'
        : Object.hasOwn(names, String(type))
          ? names[String(type)]
          : undefined;
    const id = textIn(data.email_id);
    const at = timeIn(click.timestamp) ?? timeIn(created);
    if (name === undefined || id === undefined || at === undefined) return [];
    const [userAgent, url] = [textIn(click.userAgent), textIn(click.link)];
    const reason =
      textIn(bounce.message) ??
      textIn(part(data, 'suppressed').message) ??
      textIn(part(data, 'failed').reason);
    const recipients = Array.isArray(data.to) ? data.to : [data.to ?? null];
    return recipients.flatMap(to => {
      const email = readAddress(textIn(to) ?? '')?.email;
      if (email === undefined) return [];
      return {
        name,
        id: `${id}:${String(type)}:${at}:${email}`,
        email,
        at,
        messageIds: bracketed(textIn(data.message_id)),
        ...(userAgent && { userAgent }),
        ...(url && { url }),
        ...(reason && { reason }),
      };
    });
  },
  verify(request, { secret, now }) {
    const [id, time] = [headerOf(request, 'svix-id'), headerOf(request, 'svix-timestamp')];
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    if (id === '' || key.length === 0 || !isRecent(Number(time) * 1000, now)) return false;
    const expected = createHmac('sha256', key).update(`${id}.${time}.`).update(request.body).digest('base64');
    // There are several while a secret is being replaced.
    const given = headerOf(request, 'svix-signature').split(' ').slice(0, 10);
    return given.filter(each => each.startsWith('v1,') && isSameText(each.slice(3), expected)).length > 0;
  },
};

const part = (fields: Fields, key: string): Fields => {
  const value = fields[key];
  return isObject(value) ? (value as Fields) : {};
};
