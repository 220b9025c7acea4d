import { added, type ChangeTrigger } from './trigger.ts';

export const created: ChangeTrigger = {
  name: 'created',
  summary: 'a record of the kind that the rule is for is added',
  type: 'change',
  params: {},
  causedBy: (effect, _params, subject) => 'adds' in effect && effect.adds === subject,
  example: 'created',
  sees: (change, _params, subject) => added(change, subject)?.id,
};
