import { isEmpty } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { created, id, updated } from './shared.ts';

/**
 * The state of a message: `queued -> sending -> sent | filed | failed | unknown`, or `held`, `suppressed`,
 * `cancelled`. Only delivery and `crm message` set these.
 */
const delivery = [
  field('attempts', 'number', { settable: false, sparse: true }),
  field('response', 'text', { settable: false, sparse: true }),
  field('messageId', 'text', { settable: false, sparse: true }),
  // The token in the links and headers by which the recipient unsubscribes: nobody else knows it.
  field('token', 'text', { settable: false, hidden: true }),
  // The Message-ID that the server put in place of ours, as some do: replies name it.
  field('serverId', 'text', { settable: false, hidden: true }),
  field('sentAt', 'instant', { settable: false, sparse: true }),
  field('reason', 'text', { settable: false, sparse: true }),
  field('nextAt', 'instant', { settable: false, sparse: true, help: 'when it is tried again' }),
  field('readAt', 'instant', { settable: false, sparse: true, help: 'of a notification: when it was read' }),
  // Which brake holds it. Only that brake can let it go again.
  field('hold', 'word', { settable: false, hidden: true }),
  // When a person released it: the brakes do not hold it again.
  field('releasedAt', 'instant', { settable: false, hidden: true }),
  // The record as JSON for a webhook or a command; the same in every attempt.
  field('payload', 'text', { settable: false, hidden: true, needsAll: true }),
  // The process of the attempt: host, pid and boot.
  field('sender', 'text', { settable: false, hidden: true }),
  // Of a mail that bounced for good: its address gets nothing more.
  field('badAddress', 'boolean', { settable: false, hidden: true }),
];

/** What an e-mail has beside its text, which a rule takes from the template when it queues the e-mail. */
const mail = [
  field('kind', 'word', { settable: false, sparse: true }),
  field('attachments', 'files', { settable: false, sparse: true }),
  field('replyTo', 'text', { settable: false, sparse: true }),
  // For an answer: the Message-ID that it answers, and those of the thread.
  field('inReplyTo', 'text', { settable: false, sparse: true }),
  field('references', 'text', { settable: false, hidden: true, columnless: true }),
  // Rules that start for the mail's record once the mail was sent or answered.
  field('whenSent', 'word', { settable: false, sparse: true }),
  field('whenReplied', 'word', { settable: false, sparse: true }),
  // The submission of a form that the recipient confirms by the link in the mail.
  field('confirms', 'ref', { refs: ['event'], settable: false, hidden: true }),
  // The files that it is sent with, with their hashes when it was queued: `HASH files/price-list.pdf`; `-` for a missing file.
  field('noted', 'files', { settable: false, hidden: true, columnless: true }),
  // The positions of inserted values in the body. Without them the mail has no HTML part.
  field('inserted', 'text', { settable: false, hidden: true, columnless: true }),
];

/** A mail, notification, webhook or command that a rule queued. */
export const message: KindDefinition = {
  name: 'message',
  letter: 'M',
  plural: 'messages',
  summary: 'what was queued: e-mails to customers, notifications to users',
  isMadeByPeople: false,
  leaves: true,
  fields: [
    id,
    field('channel', 'word', { settable: false }),
    field('status', 'word', { settable: false }),
    field('to', 'text', { settable: false }),
    field('subject', 'text', { settable: false, searched: true }),
    field('body', 'text', { settable: false, below: true }),
    field('template', 'word', { settable: false }),
    field('contact', 'ref', { refs: ['contact'], belongs: true, settable: false }),
    field('deal', 'ref', { refs: ['deal'], settable: false }),
    field('account', 'ref', { refs: ['account'], settable: false }),
    field('task', 'ref', { refs: ['task'], settable: false }),
    // For a `bcc`: the e-mail that it is a copy of, which has the text.
    field('copyOf', 'ref', { refs: ['message'], settable: false }),
    field('automation', 'word', { settable: false }),
    field('enrolment', 'ref', { refs: ['enrolment'], settable: false }),
    field('step', 'word', { settable: false }),
    field('key', 'text', { settable: false }),
    ...mail,
    ...delivery,
    created,
    updated,
  ],
  keys: [],
  about: ['deal', 'contact', 'account', 'task', 'enrolment'],
  inJson: [
    'id',
    'channel',
    'status',
    'to',
    'subject',
    'body',
    'template',
    'contact',
    'deal',
    'account',
    'task',
    'copyOf',
    'automation',
    'enrolment',
    'step',
    'attempts',
    'response',
    'messageId',
    'sentAt',
    'reason',
    'nextAt',
    'readAt',
    'kind',
    'attachments',
    'replyTo',
    'inReplyTo',
    'whenSent',
    'whenReplied',
    'createdAt',
    'updatedAt',
  ],
  inLists: ['id', 'channel', 'status', 'to', 'subject', 'automation', 'createdAt'],
  forPeople: {
    sort: 'id',
    without: { query: 'status:cancelled', noun: 'cancelled', fields: ['status'], is: [] },
  },
  // A mail that did not leave as its log says is shown on a line of its own.
  loggedBy: {
    kind: 'activity',
    field: 'message',
    saysAll: ({ status }) => ['queued', 'sending', 'sent', 'filed'].includes(String(status)),
  },
  moments: [
    {
      at: 'createdAt',
      what: ({ channel, status }) => `${String(channel)} ${String(status)}`,
      text: ({ subject, to }) =>
        [subject, to && `to ${String(to)}`].filter(part => !isEmpty(part)).join(', '),
    },
  ],
  examples: {},
};
