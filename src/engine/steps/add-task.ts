import type { Step } from './step.ts';
import { on } from './step.ts';

export const addTask: Step = {
  name: 'add-task',
  summary: 'adds a task for a record, with any of its fields',
  params: {
    on,
    title: { type: 'text', description: 'what is to be done', required: true },
    type: { type: 'task-type', description: 'the type of task' },
    due: { type: 'day', description: 'when it is due: +1d' },
    assignee: { type: 'user', description: 'who does it' },
  },
  open: () => 'task',
  effects: params => [{ adds: 'task', fields: params }],
  check: params =>
    params.for === undefined
      ? undefined
      : { message: 'for: the task is for the record that on: names', hint: 'on: deal' },
  example:
    "add-task: { on: deal, type: call, title: 'Call {{ contact.name }}', due: +1d, assignee: '{{ deal.owner }}' }",
  run({ params, writer, why, on: find, fields, automation }) {
    const { on: record, ...values } = params;
    const subject = find(record);
    const id = writer.insert(
      'task',
      { ...fields('task', values), for: subject, automation: automation.id },
      why,
    );
    return { did: `added ${id} for ${subject}` };
  },
};
