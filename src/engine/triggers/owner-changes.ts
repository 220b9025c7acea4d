import { idOf } from '../../domain/changes.ts';
import { fieldsChanged } from '../effect.ts';
import { ownerField } from '../subjects.ts';
import { type ChangeTrigger, isOrNone, kindNamed, of, valueChange } from './trigger.ts';

export const ownerChanges: ChangeTrigger = {
  name: 'owner-changes',
  summary: 'a record gets another owner, a task another assignee',
  type: 'change',
  of: kindNamed,
  params: {
    of,
    from: { type: 'user', description: 'whose it was, or none; left out: anybody' },
    to: { type: 'user', description: 'whose it is now, or none; left out: anybody' },
  },
  causedBy(effect, params, subject) {
    const kind = kindNamed(params, subject);
    return fieldsChanged(effect, kind)?.[ownerField(kind)] !== undefined;
  },
  example: 'owner-changes: { to: ana }',
  sees(change, params, subject) {
    const kind = kindNamed(params, subject);
    const changed = valueChange(change, kind, ownerField(kind));
    return changed && isOrNone(params.from, changed[0]) && isOrNone(params.to, changed[1])
      ? idOf(change)
      : undefined;
  },
};
