import { isByMachine } from '../../kinds/machine-events.ts';
import { fieldsAdded, isAsked } from '../effect.ts';
import { added, type ChangeTrigger, fits } from './trigger.ts';

export const event: ChangeTrigger = {
  name: 'event',
  summary:
    'an event of a contact is recorded; opens and clicks by programs only where prop.machine is asked for',
  type: 'change',
  of: 'event',
  short: 'name',
  params: { name: { type: 'text', description: 'the name of the event', required: true } },
  causedBy(effect, { name }) {
    const recorded = fieldsAdded(effect, 'event');
    return recorded !== undefined && isAsked(name, recorded.name);
  },
  example: "event: { name: form.submitted, where: 'prop.form:quote' }",
  sees(change, { name }) {
    const recorded = added(change, 'event');
    return recorded && fits(name, recorded.name) ? recorded.id : undefined;
  },
  leavesOut: (record, where) => isByMachine(record) && !/\bprops?\.machine\b/.test(where ?? ''),
};
