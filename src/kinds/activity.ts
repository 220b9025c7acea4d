import type { Kinds } from '../domain/kinds.ts';
import { usage } from '../domain/errors.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { byExternalId, created, customers, externalId, id, updated } from './shared.ts';
import type { Fields } from './writing.ts';

export const activityTypes = ['call', 'email', 'meeting', 'note'] as const;

/** A user, or a login name that is not in `users`. */
export const activityBy = field('by', 'word', {
  names: config => Object.entries(config.users).map(([id, { name }]) => ({ id, name })),
  help: 'the user who did it (default: the user who adds it)',
});

const asText = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);

/** Where its other participants are stored: each list holds records of one kind. */
const lists = { deal: 'withDeals', contact: 'withContacts', account: 'withAccounts' } as const;
const kindsWith = Object.keys(lists) as (keyof typeof lists)[];

type Partly = { readonly [path: string]: Json | undefined };

/** Returns all participants of an activity beside the record that it is for. */
const othersOf = (record: Partly): string[] =>
  kindsWith.flatMap(kind => (record[lists[kind]] as readonly string[] | undefined) ?? []);

/** How a call or an e-mail went, and the words by which people know it. */
const directions = [
  { id: 'in', name: 'incoming' },
  { id: 'in', name: 'inbound' },
  { id: 'out', name: 'outgoing' },
  { id: 'out', name: 'outbound' },
];

/** The fields of an e-mail that came in, or of a copy of one that went out, which `crm mail ingest` sets. */
const mail = [
  field('subject', 'text', { sparse: true, searched: true, line: true, help: 'of an e-mail' }),
  field('from', 'text', { settable: false, importable: true, sparse: true }),
  field('to', 'text', { settable: false, importable: true, sparse: true }),
  field('attachments', 'text', { settable: false, importable: true, sparse: true }),
  // A program wrote it, such as an out-of-office note: nobody was in contact.
  field('automatic', 'boolean', { settable: false, importable: true, sparse: true }),
  // The Message-IDs of the mail before it and of the first one of its thread.
  field('inReplyTo', 'text', { settable: false, importable: true, sparse: true }),
  field('thread', 'text', { settable: false, importable: true, sparse: true }),
  // For the log of a mail that was written with crm: the message. Timelines and conversations show one of the two.
  field('message', 'ref', { refs: ['message'], settable: false, hidden: true }),
  // Tells two mails of the same Message-ID apart.
  field('digest', 'text', { settable: false, hidden: true }),
];

export const activity: KindDefinition = {
  name: 'activity',
  letter: 'V',
  plural: 'activities',
  summary: 'what happened with a customer: calls, e-mails, meetings, notes',
  isMadeByPeople: true,
  isExtensible: true,
  fields: [
    id,
    field('type', 'choice', { required: true, options: () => activityTypes, asks: 'what happened' }),
    field('for', 'ref', {
      refs: customers,
      belongs: true,
      required: true,
      also: Object.values(lists),
      asks: 'with whom',
    }),
    field('at', 'instant', { required: true, happened: true, help: 'when it was (default: now)' }),
    activityBy,
    field('text', 'text', { searched: true }),
    field('with', 'refs', {
      refs: customers,
      parts: Object.values(lists),
      read: othersOf,
      help: 'others whom it was with: ids, e-mails or names, with commas',
    }),
    field('direction', 'choice', {
      options: () => ['in', 'out'],
      names: () => directions,
      help: 'of a call or an e-mail: in or out',
    }),
    ...mail,
    ...kindsWith.map(kind => field(lists[kind], 'refs', { refs: [kind], settable: false, hidden: true })),
    externalId,
    created,
    updated,
  ],
  keys: [byExternalId],
  about: ['for'],
  complete(fields, before, writing) {
    if (!before) {
      fields.at ??= writing.at;
      fields.by ??= writing.user;
    }
    completeOthers(writing.config.kinds, fields, before);
    const type = fields.type ?? before?.type;
    const direction = 'direction' in fields ? fields.direction : before?.direction;
    if (direction != null && type !== 'call' && type !== 'email')
      throw usage(`only a call or an e-mail has a direction, not a ${String(type)}`, 'direction=');
  },
  tidy: record => tidyOthers(record),
  inJson: [
    'id',
    'type',
    'for',
    'at',
    'by',
    'text',
    'externalId',
    'createdAt',
    'updatedAt',
    'with',
    'direction',
    ...mail.filter(({ hidden }) => !hidden).map(({ name }) => name),
    'fields',
  ],
  inLists: ['id', 'type', 'for', 'at', 'by', 'text', 'with'],
  forPeople: { sort: '-at' },
  moments: [
    {
      at: 'at',
      what: ({ type, direction }) =>
        [directions.find(({ id }) => id === direction)?.name, type].filter(Boolean).join(' '),
      text: ({ subject, text }) =>
        [asText(subject), asText(text)].filter(part => part !== undefined && part !== '').join(': ') ||
        undefined,
      by: ({ by }) => by,
    },
  ],
  examples: {
    add: [
      'activity add --type call --for D12 --text "wants a quote"',
      'activity add --type meeting --for A7 --with C3 --at yesterday --text "chose the oak tables"',
    ],
    set: ['activity set V12 text="wants a quote by May"', 'activity set V12 V13 for=D12'],
  },
};

/** Sorts the records that an activity was with into a list for each kind. */
function completeOthers(kinds: Kinds, fields: Fields, before: Rec | undefined): void {
  const given = fields.with;
  delete fields.with;
  if (given === undefined) return;
  const subject = fields.for ?? before?.for;
  const others = ((given ?? []) as readonly string[]).filter(each => each !== subject);
  for (const kind of kindsWith) {
    const path = lists[kind];
    const its = [...new Set(others.filter(each => kinds.parseId(each)?.kind === kind))];
    if (its.length > 0 || before?.[path] !== undefined) fields[path] = its;
  }
}

/** Returns the fields to set so that nobody takes part twice after a merge made one record of two. */
function tidyOthers(record: Partly): Fields {
  const fields: Fields = {};
  for (const path of Object.values(lists)) {
    const its = record[path] as readonly string[] | null | undefined;
    const left = its?.filter((each, i) => each !== record.for && its.indexOf(each) === i);
    if (its && left!.length !== its.length) fields[path] = left!;
  }
  return fields;
}
