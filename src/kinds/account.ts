import { usage } from '../domain/errors.ts';
import { oneLine } from '../domain/one-line.ts';
import type { KindDefinition } from './define.ts';
import { actingUser } from './acting-user.ts';
import { field } from './field.ts';
import { domainIn, parseDomain } from '../domain/web-names.ts';
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

const domains: Several = {
  one: 'domain',
  all: 'domains',
  others: 'otherDomains',
  clean: parseDomain,
  same: (a, b) => a === b,
};

const several = [domains, phones];

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
    field('name', 'text', { required: true, searched: true, line: true }),
    field('domain', 'text', { help: 'acme.example; once for each of several, the primary one first' }),
    ...severalFields(domains, { type: 'domains', yields: true, help: 'several, with commas' }),
    field('phone', 'phone', {
      yields: true,
      help: 'a number; once for each of several, the primary one first',
    }),
    ...severalFields(phones, { type: 'phones', yields: true, help: 'several, with commas' }),
    field('parent', 'ref', { refs: ['account'] }),
    { ...owner, help: 'a user, or none (default: the user who adds it)' },
    tags,
    field('description', 'text', { searched: true }),
    externalId,
    created,
    updated,
    files,
  ],
  keys: [
    { path: 'name', rank: 5, said: 'name', unique: true, caseless: true, read: oneLine },
    byExternalId,
    {
      path: 'domains',
      rank: 2,
      said: 'domain',
      unique: true,
      caseless: true,
      several: domains,
      read: domainIn,
    },
    byPhone,
  ],
  importKeys: ['domain', 'domains', 'name'],
  owner: 'owner',
  throughDeals: 'account',
  hasTasks: true,
  knownBy: 'name',
  contacts: { pointing: 'account' },
  about: [],
  states: { overdue: 'has-overdue-task' },
  columns: [severalColumn(domains, text => text), severalColumn(phones, phoneCell)],
  several,
  tidy: record => tidied(several, record),
  complete(fields, before, writing) {
    if (!before && fields.owner === undefined) fields.owner = actingUser(writing);
    for (const each of several) completeSeveral(each, fields, before, writing.config.country);
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
    'domains',
    'phone',
    'phones',
    'parent',
    'owner',
    'tags',
    'fields',
    'description',
    'externalId',
    'createdAt',
    'updatedAt',
    'files',
  ],
  inLists: ['id', 'name', 'domain', 'parent', 'owner', 'tags'],
  examples: {
    add: [
      'account add "Acme" --domain acme.example',
      'account add "Acme Rotterdam" --parent Acme --owner ana --tags hotel',
    ],
    set: ['account set A7 domain=acme.example owner=ana', 'account set --where tag:hotel owner=ben'],
    merge: ['account merge Acme "Acme Inc."'],
  },
};
