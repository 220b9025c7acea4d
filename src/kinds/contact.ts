import { parseEmail, readAddress, sameEmail } from '../domain/email.ts';
import { usage } from '../domain/errors.ts';
import { oneLine } from '../domain/one-line.ts';
import { isEmpty } from '../domain/records.ts';
import { isZone } from '../domain/zone.ts';
import { adjusted } from './adjustments.ts';
import type { KindDefinition } from './define.ts';
import { actingUser } from './acting-user.ts';
import { field } from './field.ts';
import { phoneCell } from './phones.ts';
import { severalColumn } from './several-cells.ts';
import { completeSeveral, type Several, severalFields, tidied } from './several.ts';
import {
  byExternalId,
  byPhone,
  created,
  externalId,
  id,
  owner,
  phones,
  tags,
  updated,
  files,
} from './shared.ts';

const emails: Several = {
  one: 'email',
  all: 'emails',
  others: 'otherEmails',
  clean: parseEmail,
  same: sameEmail,
  isSearched: true,
};

const accounts: Several = {
  one: 'account',
  all: 'accounts',
  others: 'otherAccounts',
  clean: id => id,
  same: (a, b) => a === b,
};

const several = [emails, phones, accounts];

/** Returns the address in a text that names a contact; the text itself if it has none. */
const addressIn = (text: string): string => readAddress(text)?.email ?? text;

export const contact: KindDefinition = {
  name: 'contact',
  letter: 'C',
  plural: 'contacts',
  summary: 'people',
  isMadeByPeople: true,
  isExtensible: true,
  isMergeable: true,
  fields: [
    id,
    field('name', 'text', { required: true, searched: true, line: true }),
    field('email', 'text', { help: 'an address; once for each of several, the primary one first' }),
    ...severalFields(emails, { type: 'emails', yields: true, help: 'several, with commas' }),
    field('phone', 'phone', { help: 'a number; once for each of several, the primary one first' }),
    ...severalFields(phones, { type: 'phones', yields: true, help: 'several, with commas' }),
    field('account', 'ref', {
      refs: ['account'],
      help: 'a name or an id; a new name makes an account; once for each of several',
    }),
    ...severalFields(accounts, {
      type: 'refs',
      refs: ['account'],
      yields: true,
      help: 'several, with commas; the first is the primary one',
    }),
    { ...owner, help: 'a user, or none (default: the user who adds it)' },
    tags,
    field('consent', 'boolean', {
      help: 'whether they agree to campaigns; no: they get transactional mails only',
    }),
    field('consentAt', 'instant', { sparse: true, yields: true, happened: true, help: 'when they agreed' }),
    field('consentSource', 'text', { sparse: true, yields: true, help: 'where they agreed: a form, a fair' }),
    field('timezone', 'text', {
      sparse: true,
      yields: true,
      help: 'where they live, for the hours in which mails leave: America/New_York',
    }),
    externalId,
    created,
    updated,
    files,
  ],
  keys: [
    {
      path: 'emails',
      rank: 1,
      said: 'e-mail',
      unique: true,
      caseless: true,
      several: emails,
      read: addressIn,
    },
    byExternalId,
    byPhone,
    { path: 'name', rank: 5, said: 'name', unique: false, caseless: true, read: oneLine },
  ],
  importKeys: ['email', 'emails'],
  owner: 'owner',
  throughDeals: 'contacts',
  hasTasks: true,
  makesAccounts: true,
  knownBy: 'email',
  isScored: true,
  contacts: 'itself',
  about: [],
  states: { overdue: 'has-overdue-task' },
  columns: [adjusted, severalColumn(emails, text => text), severalColumn(phones, phoneCell)],
  several,
  tidy: record => tidied(several, record),
  complete(fields, before, writing) {
    if (!before && fields.owner === undefined) fields.owner = actingUser(writing);
    for (const each of several) completeSeveral(each, fields, before, writing.config.country);
    if (typeof fields.timezone === 'string' && !isZone(fields.timezone))
      throw usage(
        `${JSON.stringify(fields.timezone)} is not a time zone`,
        'an IANA name such as Europe/Amsterdam',
      );
    if (!before) fields.name ??= fields.email;
    if (!before && isEmpty(fields.name))
      throw usage('a contact needs a name or an e-mail', '--name, --email');
  },
  named: 'name',
  inJson: [
    'id',
    'name',
    'email',
    'emails',
    'phone',
    'phones',
    'account',
    'accounts',
    'owner',
    'tags',
    'score',
    'scores',
    'consent',
    'consentAt',
    'consentSource',
    'timezone',
    'fields',
    'externalId',
    'createdAt',
    'updatedAt',
    'files',
  ],
  inLists: ['id', 'name', 'email', 'phone', 'account', 'owner', 'tags'],
  inCards: ['id', 'name', 'email', 'phone'],
  inFull: ['score'],
  examples: {
    add: [
      'contact add --email jane@example.com --name "Jane Roe"',
      'contact add "Tom Bos" --phone "+31 20 555 1234" --account Acme --tags newsletter',
    ],
    set: [
      'contact set C3 phone="+1 212 555 1234" account=Acme',
      "contact set --where 'account:Acme owner:ben' owner=ana",
    ],
    merge: ['contact merge C3 jane.roe@old.example'],
  },
};
