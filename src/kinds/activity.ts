import type { Json } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { byExternalId, created, customers, externalId, id, updated } from './shared.ts';

export const activityTypes = ['call', 'email', 'meeting', 'note'] as const;

/** A user, or a login name that is not in `users`. */
export const activityBy = field('by', 'word', {
  names: config => Object.entries(config.users).map(([id, { name }]) => ({ id, name })),
  help: 'who it was; else who adds it',
});

const asText = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);

export const activity: KindDefinition = {
  name: 'activity',
  isMadeByPeople: true,
  fields: [
    id,
    field('type', 'choice', { required: true, options: () => activityTypes }),
    field('for', 'ref', { refs: customers, belongs: true, required: true }),
    field('at', 'instant', { required: true, happened: true, help: 'when it was; else now' }),
    activityBy,
    field('text', 'text', { searched: true }),
    externalId,
    created,
    updated,
  ],
  keys: [byExternalId],
  about: ['for'],
  complete(fields, before, writing) {
    if (before) return;
    fields.at ??= writing.at;
    fields.by ??= writing.user;
  },
  inJson: ['id', 'type', 'for', 'at', 'by', 'text', 'externalId', 'createdAt', 'updatedAt'],
  inLists: ['id', 'type', 'for', 'at', 'by', 'text'],
  forPeople: { sort: '-at' },
  moments: [
    { at: 'at', what: ({ type }) => String(type), text: ({ text }) => asText(text), by: ({ by }) => by },
  ],
  examples: { add: ['activity add --type call --for D12 --text "wants a quote"'] },
};
