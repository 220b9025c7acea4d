import { isEmpty } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { created, id, updated } from './shared.ts';

/** A mail, notification, webhook or command that a rule queued. */
export const message: KindDefinition = {
  name: 'message',
  letter: 'M',
  plural: 'messages',
  summary: 'what was queued: e-mails to customers, notifications to users',
  isMadeByPeople: false,
  fields: [
    id,
    field('channel', 'word', { settable: false }),
    field('status', 'word', { settable: false }),
    field('to', 'text', { settable: false }),
    field('subject', 'text', { settable: false, searched: true }),
    field('body', 'text', { settable: false }),
    field('template', 'word', { settable: false }),
    field('contact', 'ref', { refs: ['contact'], belongs: true, settable: false }),
    field('deal', 'ref', { refs: ['deal'], settable: false }),
    field('account', 'ref', { refs: ['account'], settable: false }),
    field('task', 'ref', { refs: ['task'], settable: false }),
    field('automation', 'word', { settable: false }),
    field('enrolment', 'ref', { refs: ['enrolment'], settable: false }),
    field('step', 'word', { settable: false }),
    field('key', 'text', { settable: false }),
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
    'automation',
    'enrolment',
    'step',
    'createdAt',
    'updatedAt',
  ],
  inLists: ['id', 'channel', 'status', 'to', 'subject', 'automation', 'createdAt'],
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
