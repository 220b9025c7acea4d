import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { byExternalId, created, customers, externalId, id, updated } from './shared.ts';

export const activityTypes = ['call', 'email', 'meeting', 'note'] as const;

/** A user, or a login name that is not in `users`. */
export const activityBy = field('by', 'word', { help: 'who it was; else who adds it' });

export const activity: KindDefinition = {
  name: 'activity',
  letter: 'V',
  plural: 'activities',
  summary: 'what happened with a customer: calls, e-mails, meetings, notes',
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
  examples: { add: ['activity add --type call --for D12 --text "wants a quote"'] },
};
