import { usage } from '../domain/errors.ts';
import { slug } from '../domain/fold.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { created, id, updated } from './shared.ts';

/** How two people are related: `contact` is `relation` `other`, as in C1 reports-to C2. */
export const relation: KindDefinition = {
  name: 'relation',
  letter: 'R',
  plural: 'relations',
  summary: 'how contacts are related: who referred whom, who reports to whom',
  isMadeByPeople: true,
  addedLater: true,
  fields: [
    id,
    field('contact', 'ref', { refs: ['contact'], belongs: true, required: true, asks: 'which contact' }),
    field('relation', 'text', {
      required: true,
      searched: true,
      line: true,
      help: 'a word such as referred-by, reports-to, assistant-of, colleague',
    }),
    field('other', 'ref', {
      refs: ['contact'],
      belongs: true,
      required: true,
      asks: 'which other contact',
      help: 'the other contact: an id, an e-mail or a name',
    }),
    created,
    updated,
  ],
  keys: [],
  about: ['contact', 'other'],
  joins: ['contact', 'other'],
  complete(fields, before) {
    if (typeof fields.relation === 'string') {
      fields.relation = slug(fields.relation);
      if (fields.relation === '')
        throw usage('a relation is a word of letters, digits and hyphens', 'for example referred-by');
    }
    const [one, other] = [fields.contact ?? before?.contact, fields.other ?? before?.other];
    if (one !== undefined && one === other)
      throw usage(`${String(one)} cannot be related to itself`, 'name two contacts');
  },
  named: 'relation',
  inJson: ['id', 'contact', 'relation', 'other', 'createdAt', 'updatedAt'],
  inLists: ['id', 'contact', 'relation', 'other'],
  examples: {
    add: [
      'relation add referred-by --contact C1 --other C2',
      'relation add reports-to --contact tom@example.com --other jane@example.com',
      'contact relate C1 C2 --relation referred-by',
    ],
    set: ['relation set R3 relation=works-with', 'relation set R3 other=C9'],
  },
};
