import { usage } from '../domain/errors.ts';
import { isEmpty } from '../domain/records.ts';
import { adjusted } from './adjustments.ts';
import type { KindDefinition } from './define.ts';
import { actingUser } from './acting-user.ts';
import { field } from './field.ts';
import { byExternalId, created, externalId, id, owner, tags, updated } from './shared.ts';

/** Accepts what a mail server could take; whether the mailbox exists is for the server to say. */
const emailPattern = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

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
    field('name', 'text', { required: true, searched: true }),
    field('email', 'text'),
    field('phone', 'text'),
    field('account', 'ref', { refs: ['account'] }),
    { ...owner, help: 'a user, or none; else the user who adds it' },
    tags,
    field('consent', 'boolean'),
    externalId,
    created,
    updated,
  ],
  keys: [
    { path: 'email', rank: 1, said: 'e-mail', unique: true, caseless: true },
    byExternalId,
    { path: 'name', rank: 4, said: 'name', unique: false, caseless: true },
  ],
  importKeys: ['email'],
  owner: 'owner',
  throughDeals: 'contacts',
  about: [],
  states: { overdue: 'has-overdue-task' },
  columns: [adjusted],
  complete(fields, before, writing) {
    if (!before && fields.owner === undefined) fields.owner = actingUser(writing);
    const { email } = fields;
    if (typeof email === 'string') {
      const address = email.trim();
      if (!emailPattern.test(address))
        throw usage(`${JSON.stringify(email)} is not an e-mail address`, 'for example jane@example.com');
      fields.email = address;
    }
    if (!before) fields.name ??= fields.email;
    if (!before && isEmpty(fields.name))
      throw usage('a contact needs a name or an e-mail', '--name, --email');
  },
  named: 'name',
  inJson: [
    'id',
    'name',
    'email',
    'phone',
    'account',
    'owner',
    'tags',
    'score',
    'scores',
    'consent',
    'fields',
    'externalId',
    'createdAt',
    'updatedAt',
  ],
  inLists: ['id', 'name', 'email', 'phone', 'account', 'owner', 'tags'],
  inFull: ['score'],
  examples: {
    add: ['contact add --email jane@example.com --name "Jane Roe"'],
    merge: ['contact merge C3 jane.roe@old.example'],
  },
};
