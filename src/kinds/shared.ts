/** Fields and keys that several kinds have. */
import type { Key } from './define.ts';
import { field } from './field.ts';
import { cleanPhone, samePhone } from './phones.ts';
import type { Several } from './several.ts';

export const id = field('id', 'text', { settable: false });
export const created = field('createdAt', 'instant', {
  aliases: ['created'],
  settable: false,
  importable: true,
});
export const updated = field('updatedAt', 'instant', { aliases: ['updated'], settable: false });
export const externalId = field('externalId', 'text', { help: 'its id elsewhere, for imports' });
export const owner = field('owner', 'user');
export const tags = field('tags', 'tags', { aliases: ['tag'] });

/** The kinds that tasks, activities and invoices are for. */
export const customers = ['deal', 'contact', 'account'] as const;

/** The phones of a person or a company. */
export const phones: Several = {
  one: 'phone',
  all: 'phones',
  others: 'otherPhones',
  clean: cleanPhone,
  same: samePhone,
};

/** The phone as a key that need not be unique: a switchboard is the phone of several people. */
export const byPhone: Key = {
  path: 'phones',
  rank: 4,
  said: 'phone',
  unique: false,
  caseless: true,
  isPhone: true,
  several: phones,
};

export const byExternalId: Key = {
  path: 'externalId',
  rank: 3,
  said: 'externalId',
  unique: true,
  caseless: false,
};

/** The field of attached files: paths below `files/`. */
export const files = field('files', 'files', {
  settable: false,
  importable: true,
  sparse: true,
  yields: true,
  label: 'files',
});
