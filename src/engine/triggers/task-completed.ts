import { kindOf } from '../../domain/changes.ts';
import { type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const taskCompleted: ChangeTrigger = {
  name: 'task-completed',
  summary: 'a task is done',
  type: 'change',
  of: 'task',
  params: { type: { type: 'task-type', description: 'the type of task; left out: any' } },
  example: 'task-completed: { type: call }',
  sees(change) {
    if ('add' in change)
      return kindOf(change) === 'task' && change.add.status === 'done' ? change.add.id : undefined;
    const changed = valueChange(change, 'task', 'status');
    return changed?.[1] === 'done' && 'set' in change ? change.id : undefined;
  },
  holds: (task, { type }) => fits(type, task.type),
};
