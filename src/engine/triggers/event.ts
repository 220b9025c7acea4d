import { kindOf } from '../../domain/changes.ts';
import { type ChangeTrigger, fits } from './trigger.ts';

export const event: ChangeTrigger = {
  name: 'event',
  summary: 'an event of a contact is recorded',
  type: 'change',
  of: 'event',
  params: { name: { type: 'text', description: 'the name of the event', required: true } },
  example: "event: { name: form.submitted, where: 'prop.form:quote' }",
  sees: (change, { name }) =>
    'add' in change && kindOf(change) === 'event' && fits(name, change.add.name)
      ? change.add.id
      : undefined,
};
