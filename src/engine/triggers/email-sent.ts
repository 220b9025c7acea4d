import { idOf } from '../../domain/changes.ts';
import { fieldsAdded } from '../effect.ts';
import { added, type ChangeTrigger, valueChange } from './trigger.ts';

export const emailSent: ChangeTrigger = {
  name: 'email-sent',
  summary:
    'an e-mail that went out is logged as an activity, or one that a rule queued was sent; where is asked of the contact',
  type: 'change',
  of: 'contact',
  saidBy: ['activity', 'message'],
  params: {},
  naming: { kind: 'message', field: 'whenSent' },
  causedBy: effect =>
    ('sends' in effect && effect.sends === 'email') || fieldsAdded(effect, 'activity')?.type === 'email',
  example: 'email-sent',
  sees(change) {
    const activity = added(change, 'activity');
    if (activity?.type === 'email' && activity.direction !== 'in') return idOf(change);
    return valueChange(change, 'message', 'status')?.[1] === 'sent' ? idOf(change) : undefined;
  },
  // A mail that a person wrote was logged when it was written.
  holds: record =>
    record.channel === undefined || (record.channel === 'email' && record.automation !== undefined),
};
