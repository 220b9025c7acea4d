import { usage } from '../domain/errors.ts';
import type { KindDefinition } from './define.ts';
import { actingUser } from './acting-user.ts';
import { field } from './field.ts';
import { byExternalId, created, externalId, id, owner, tags, updated } from './shared.ts';

export const account: KindDefinition = {
  name: 'account',
  letter: 'A',
  plural: 'accounts',
  summary: 'companies',
  isMadeByPeople: true,
  isExtensible: true,
  isMergeable: true,
  fields: [
    id,
    field('name', 'text', { required: true, searched: true }),
    field('domain', 'text'),
    field('parent', 'ref', { refs: ['account'] }),
    { ...owner, help: 'a user, or none; else the user who adds it' },
    tags,
    field('description', 'text', { searched: true }),
    externalId,
    created,
    updated,
  ],
  keys: [
    { path: 'name', rank: 4, said: 'name', unique: true, caseless: true },
    byExternalId,
    { path: 'domain', rank: 2, said: 'domain', unique: false, caseless: true },
  ],
  importKeys: ['domain', 'name'],
  owner: 'owner',
  throughDeals: 'account',
  about: [],
  states: { overdue: 'has-overdue-task' },
  complete(fields, before, writing) {
    if (!before && fields.owner === undefined) fields.owner = actingUser(writing);
    if (typeof fields.name === 'string') fields.name = fields.name.trim();
    if (typeof fields.domain === 'string') fields.domain = fields.domain.trim().toLowerCase();
    for (
      let parent = fields.parent;
      before && typeof parent === 'string';
      parent = writing.get(parent)?.parent
    )
      if (parent === before.id)
        throw usage(`${before.id} cannot be a parent of itself, not even by way of others`);
  },
  named: 'name',
  inJson: [
    'id',
    'name',
    'domain',
    'parent',
    'owner',
    'tags',
    'fields',
    'description',
    'externalId',
    'createdAt',
    'updatedAt',
  ],
  inLists: ['id', 'name', 'domain', 'parent', 'owner', 'tags'],
  examples: {
    add: ['account add "Acme" --domain acme.example'],
    merge: ['account merge Acme "Acme Inc."'],
  },
};
