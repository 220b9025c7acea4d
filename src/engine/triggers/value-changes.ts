import { idOf } from '../../domain/changes.ts';
import { fieldsChanged } from '../effect.ts';
import { type ChangeTrigger, valueChange } from './trigger.ts';

export const valueChanges: ChangeTrigger = {
  name: 'value-changes',
  summary: "a deal's value changes",
  type: 'change',
  of: 'deal',
  params: {},
  causedBy: effect => fieldsChanged(effect, 'deal')?.value !== undefined,
  example: "value-changes: { where: 'value:>=10k' }",
  sees: change => (valueChange(change, 'deal', 'value') ? idOf(change) : undefined),
};
