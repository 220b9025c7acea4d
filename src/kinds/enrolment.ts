import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import { created, id, updated } from './shared.ts';

/** One subject's way through an automation. */
export const enrolment: KindDefinition = {
  name: 'enrolment',
  letter: 'N',
  plural: 'enrolments',
  summary: "one subject's way through an automation",
  isMadeByPeople: false,
  fields: [
    id,
    field('automation', 'word', { settable: false }),
    field('subject', 'ref', {
      refs: ['deal', 'contact', 'account', 'task'],
      belongs: true,
      settable: false,
    }),
    field('status', 'word', { settable: false }),
    field('step', 'word', { settable: false }),
    field('since', 'instant', { settable: false }),
    field('deal', 'ref', { refs: ['deal'], settable: false }),
    field('addedDeals', 'refs', { refs: ['deal'], settable: false }),
    field('addedTasks', 'refs', { refs: ['task'], settable: false }),
    field('addedActivities', 'refs', { refs: ['activity'], settable: false }),
    field('addedEvents', 'refs', { refs: ['event'], settable: false }),
    field('error', 'text', { settable: false }),
    created,
    updated,
  ],
  keys: [],
  about: ['subject', 'deal'],
  rule: 'automation',
  inJson: ['id', 'createdAt', 'updatedAt'],
  inLists: ['id', 'createdAt'],
  examples: {},
};
