import { added, type ChangeTrigger, fits } from './trigger.ts';

export const event: ChangeTrigger = {
  name: 'event',
  summary: 'an event of a contact is recorded',
  type: 'change',
  of: 'event',
  params: { name: { type: 'text', description: 'the name of the event', required: true } },
  example: "event: { name: form.submitted, where: 'prop.form:quote' }",
  sees(change, { name }) {
    const recorded = added(change, 'event');
    return recorded && fits(name, recorded.name) ? recorded.id : undefined;
  },
};
