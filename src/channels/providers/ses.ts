import { createVerify } from 'node:crypto';
import { isObject, type Json } from '../../domain/records.ts';
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
import { isRecent } from './signatures.ts';

/** The only origin of certificates and confirmations of SNS. */
const ofAmazon = /^https:\/\/sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?\//;

/**
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html for the message (and
 * .../notification-contents.html without event publishing), in a notification of SNS, whose signature is described in
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
 */
export const ses: Provider = {
  name: 'ses',
  events(body) {
    const envelope = objectIn(body, 'Amazon SNS');
    const id = textIn(envelope.MessageId);
    // Without "raw message delivery" the message is a text in the notification.
    const message = objectIn(parsed(textIn(envelope.Message)) ?? (body as Json), 'Amazon SES');
    if (message.mail === undefined && message.notificationType === undefined) return [];
    return eventsOf(message).map((each, i) => ({ ...each, id: `${id ?? each.id}:${i}` }));
  },
  /** The secret is the ARN of the topic: anybody can have a topic of their own. */
  async verify({ body }, { secret, now, certificate }) {
    const envelope = parsed(Buffer.from(body).toString());
    if (!isObject(envelope) || !certificate) return false;
    const fields = envelope as Fields;
    const url = textIn(fields.SigningCertURL) ?? '';
    if (fields.TopicArn !== secret || !ofAmazon.test(url) || !url.endsWith('.pem')) return false;
    if (!isRecent(Date.parse(textIn(fields.Timestamp) ?? ''), now)) return false;
    const algorithm = fields.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1';
    // If the certificate cannot be had now, SNS must send the request again, which it does not do after a refusal.
    const pem = await certificate(url);
    try {
      return createVerify(algorithm)
        .update(signedText(fields))
        .verify(pem, textIn(fields.Signature) ?? '', 'base64');
    } catch {
      return false;
    }
  },
};

/** Returns the address that confirms a subscription, from a verified request for confirmation. */
export function confirmationUrl(body: Json): string | undefined {
  if (!isObject(body) || body.Type !== 'SubscriptionConfirmation') return undefined;
  const url = textIn(body.SubscribeURL as Json);
  return url !== undefined && ofAmazon.test(url) ? url : undefined;
}

/** Returns the text that SNS signs: some of the fields, by name, each with its value on a line of its own. */
function signedText(fields: Fields): string {
  const names =
    fields.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  return names.flatMap(name => (fields[name] == null ? [] : `${name}\n${String(fields[name])}\n`)).join('');
}

function eventsOf(message: Fields): ProviderEvent[] {
  const mail = objectIn(message.mail, 'Amazon SES');
  const type = String(message.eventType ?? message.notificationType);
  // `DeliveryDelay` is told in `deliveryDelay`.
  const told = message[type.charAt(0).toLowerCase() + type.slice(1)];
  const detail = isObject(told) ? (told as Fields) : {};
  const name = nameOf(type, detail);
  const at = timeIn(detail.timestamp) ?? timeIn(mail.timestamp);
  const sesId = textIn(mail.messageId);
  if (name === undefined || at === undefined || sesId === undefined) return [];
  // In a complaint, this is the program that made the report.
  const userAgent = name === 'email.complained' ? undefined : textIn(detail.userAgent);
  const url = textIn(detail.link);
  const why = textIn(detail.reason);
  return recipientsOf(detail, mail).map(({ email, reason }) => ({
    name,
    id: `${sesId}:${type}:${at}`,
    email,
    at,
    messageIds: idsOf(mail, sesId),
    ...(userAgent && { userAgent }),
    ...(url && { url }),
    ...((reason ?? why) && { reason: reason ?? why! }),
  }));
}

function nameOf(type: string, detail: Fields): ProviderEventName | undefined {
  switch (type) {
    case 'Delivery':
      return 'email.delivered';
    case 'DeliveryDelay':
      return 'email.soft-bounced';
    case 'Bounce':
      return detail.bounceType === 'Permanent' ? 'email.bounced' : 'email.soft-bounced';
    case 'Reject':
      return 'email.soft-bounced';
    case 'Complaint':
      return isComplaint(detail) ? 'email.complained' : undefined;
    case 'Open':
      return 'email.opened';
    case 'Click':
      return 'email.clicked';
    case 'Subscription':
      return isUnsubscription(detail) ? 'email.unsubscribed' : undefined;
    default:
      return undefined;
  }
}

/** Types of feedback reports (IANA marf-parameters) that are no complaint of a recipient. */
const notOfRecipients = new Set(['not-spam', 'auth-failure', 'virus']);

const isComplaint = ({ complaintFeedbackType: type }: Fields): boolean => !notOfRecipients.has(String(type));

/** Whether a recipient left all topics of a contact list, or one that was not left before. */
function isUnsubscription(detail: Fields): boolean {
  const [before, after] = [leftBy(detail.oldTopicPreferences), leftBy(detail.newTopicPreferences)];
  return (after.all && !before.all) || [...after.topics].some(topic => !before.topics.has(topic));
}

function leftBy(preferences: Json | undefined): { all: boolean; topics: ReadonlySet<string> } {
  const { unsubscribeAll, topicSubscriptionStatus } = isObject(preferences) ? (preferences as Fields) : {};
  const left = objectsIn(topicSubscriptionStatus).filter(each => each.subscriptionStatus === 'OptOut');
  return { all: unsubscribeAll === true, topics: new Set(left.map(({ topicName }) => String(topicName))) };
}

/** Returns the recipients that an event is about; opens and clicks do not say which of several it was. */
function recipientsOf(detail: Fields, { destination }: Fields): { email: string; reason?: string }[] {
  const told = [
    ...objectsIn(detail.bouncedRecipients),
    ...objectsIn(detail.complainedRecipients),
    ...objectsIn(detail.delayedRecipients),
  ];
  if (told.length > 0)
    return told.flatMap(({ emailAddress, diagnosticCode }) => {
      const [email, reason] = [textIn(emailAddress), textIn(diagnosticCode)];
      return email === undefined ? [] : [{ email, ...(reason && { reason }) }];
    });
  const all = Array.isArray(detail.recipients)
    ? detail.recipients
    : Array.isArray(destination)
      ? destination
      : [];
  return all.flatMap(each => (typeof each === 'string' ? [{ email: each }] : []));
}

/** Returns the Message-IDs of a mail: SES sends an id of its own, in a domain of the region; the headers have ours. */
function idsOf(mail: Fields, sesId: string): string[] {
  const headers = objectsIn(mail.headers).filter(({ name }) => /^message-id$/i.test(String(name)));
  const region = /^arn:aws[\w-]*:ses:([a-z0-9-]+):/.exec(textIn(mail.sourceArn) ?? '')?.[1];
  return [
    ...headers.flatMap(({ value }) => bracketed(textIn(value))),
    `<${sesId}@email.amazonses.com>`,
    ...(region ? [`<${sesId}@${region}.amazonses.com>`] : []),
  ];
}

function parsed(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}
