import { kindOf } from '../../domain/changes.ts';
import { type ChangeTrigger, fits } from './trigger.ts';

export const taskCreated: ChangeTrigger = {
  name: 'task-created',
  summary: 'a task is added',
  type: 'change',
  of: 'task',
  params: { type: { type: 'task-type', description: 'the type of task; left out: any' } },
  example: 'task-created: { type: call }',
  sees: (change, { type }) =>
    'add' in change && kindOf(change) === 'task' && fits(type, change.add.type)
      ? change.add.id
      : undefined,
};
