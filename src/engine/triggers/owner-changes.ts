import { idOf } from '../../domain/changes.ts';
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
  example: 'owner-changes: { to: ana }',
  sees(change, params, subject) {
    const kind = kindNamed(params, subject);
    const changed = valueChange(change, kind, kind === 'task' ? 'assignee' : 'owner');
    return changed && isOrNone(params.from, changed[0]) && isOrNone(params.to, changed[1])
      ? idOf(change)
      : undefined;
  },
};
