import { fieldsAdded, isAsked } from '../effect.ts';
import { added, type ChangeTrigger, fits } from './trigger.ts';

export const taskCreated: ChangeTrigger = {
  name: 'task-created',
  summary: 'a task is added',
  type: 'change',
  of: 'task',
  short: 'type',
  params: { type: { type: 'task-type', description: 'the type of task; left out: any' } },
  naming: { kind: 'task', field: 'whenCreated' },
  causedBy: (effect, { type }) => {
    const task = fieldsAdded(effect, 'task');
    return task !== undefined && isAsked(type, task.type);
  },
  example: 'task-created: { type: call }',
  sees(change, { type }) {
    const task = added(change, 'task');
    return task && fits(type, task.type) ? task.id : undefined;
  },
};
