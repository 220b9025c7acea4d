import { added, type ChangeTrigger, fits } from './trigger.ts';

export const taskCreated: ChangeTrigger = {
  name: 'task-created',
  summary: 'a task is added',
  type: 'change',
  of: 'task',
  params: { type: { type: 'task-type', description: 'the type of task; left out: any' } },
  example: 'task-created: { type: call }',
  sees(change, { type }) {
    const task = added(change, 'task');
    return task && fits(type, task.type) ? task.id : undefined;
  },
};
