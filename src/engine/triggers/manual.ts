import type { ChangeTrigger } from './trigger.ts';

export const manual: ChangeTrigger = {
  name: 'manual',
  summary: 'nothing but crm automation enrol, a start step or a task that names the rule',
  type: 'change',
  params: {},
  causedBy: () => false,
  example: 'manual',
  sees: () => undefined,
};
