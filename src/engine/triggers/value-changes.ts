import { idOf } from '../../domain/changes.ts';
import { type ChangeTrigger, valueChange } from './trigger.ts';

export const valueChanges: ChangeTrigger = {
  name: 'value-changes',
  summary: "a deal's value changes",
  type: 'change',
  of: 'deal',
  params: {},
  example: "value-changes: { where: 'value:>=10k' }",
  sees: change => (valueChange(change, 'deal', 'value') ? idOf(change) : undefined),
};
