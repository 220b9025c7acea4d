import { idOf } from '../../domain/changes.ts';
import { fieldsSet, isAsked } from '../effect.ts';
import { added, type ChangeTrigger, fits, valueChange } from './trigger.ts';

export const taskCompleted: ChangeTrigger = {
  name: 'task-completed',
  summary: 'a task is done',
  type: 'change',
  of: 'task',
  short: 'type',
  params: { type: { type: 'task-type', description: 'the type of task; left out: any' } },
  naming: { kind: 'task', field: 'whenDone' },
  causedBy: (effect, { type }) => {
    const done = fieldsSet(effect, 'task');
    return done?.status === 'done' && (done.type === undefined || isAsked(type, done.type));
  },
  example: 'task-completed: { type: call }',
  sees(change) {
    const status = added(change, 'task')?.status ?? valueChange(change, 'task', 'status')?.[1];
    return status === 'done' ? idOf(change) : undefined;
  },
  holds: (task, { type }) => fits(type, task.type),
};
