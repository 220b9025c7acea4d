/** Fields and keys that several kinds have. */
import type { Key } from './define.ts';
import { field } from './field.ts';

export const id = field('id', 'text', { settable: false });
export const created = field('createdAt', 'instant', { aliases: ['created'], settable: false });
export const updated = field('updatedAt', 'instant', { aliases: ['updated'], settable: false });
export const externalId = field('externalId', 'text', { help: 'its id elsewhere, for imports' });
export const owner = field('owner', 'user');
export const tags = field('tags', 'tags', { aliases: ['tag'] });

/** The kinds that tasks, activities and invoices are for. */
export const customers = ['deal', 'contact', 'account'] as const;

export const byExternalId: Key = {
  path: 'externalId',
  rank: 3,
  said: 'externalId',
  unique: true,
  caseless: false,
};
