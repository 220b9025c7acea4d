import { fieldsAdded } from '../effect.ts';
import { added, type ChangeTrigger } from './trigger.ts';

export const emailReplied: ChangeTrigger = {
  name: 'email-replied',
  summary: 'a contact answers an e-mail: an event email.replied is recorded',
  type: 'change',
  of: 'event',
  params: {},
  naming: {
    kind: 'event',
    field: 'whenReplied',
    holder: ({ props }) => {
      const { message } = (props ?? {}) as { readonly message?: unknown };
      return typeof message === 'string' ? message : undefined;
    },
  },
  causedBy: effect => fieldsAdded(effect, 'event')?.name === 'email.replied',
  example: 'email-replied',
  sees: change => {
    const event = added(change, 'event');
    return event?.name === 'email.replied' ? event.id : undefined;
  },
};
