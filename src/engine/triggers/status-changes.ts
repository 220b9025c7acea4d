import { idOf } from '../../domain/changes.ts';
import { fieldsChanged, isAsked } from '../effect.ts';
import { type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const statusChanges: ChangeTrigger = {
  name: 'status-changes',
  summary: 'a deal is won, lost or reopened',
  type: 'change',
  of: 'deal',
  params: { to: { type: 'status', description: 'open, won or lost; left out: any' } },
  causedBy(effect, { to }) {
    const status = fieldsChanged(effect, 'deal')?.status;
    return status !== undefined && isAsked(to, status);
  },
  example: 'status-changes: { to: won }',
  sees(change, { to }) {
    const changed = valueChange(change, 'deal', 'status');
    return changed && fits(to, changed[1]) ? idOf(change) : undefined;
  },
};
