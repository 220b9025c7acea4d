import { usage } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { isEmpty, type Rec } from '../domain/records.ts';
import type { KindDefinition } from './define.ts';
import { field } from './field.ts';
import type { Fields } from './writing.ts';
import { byExternalId, created, customers, externalId, id, updated } from './shared.ts';

export const task: KindDefinition = {
  name: 'task',
  letter: 'T',
  plural: 'tasks',
  summary: 'what is due',
  isMadeByPeople: true,
  fields: [
    id,
    field('title', 'text', {
      required: true,
      line: true,
      searched: true,
      isTemplate: true,
      help: 'text; {{ deal.title }} and the like are written out',
    }),
    field('type', 'choice', {
      required: true,
      options: config => Object.keys(config.taskTypes),
      help: "one of the workspace's task types (default: todo)",
    }),
    field('for', 'ref', {
      refs: customers,
      belongs: true,
      help: 'a deal, contact or account: its id, e-mail or name',
    }),
    field('due', 'day', {
      time: 'dueTime',
      help: 'a day, or a day and a time: +2d, friday, 3 dec, "tomorrow 14:30"',
    }),
    field('assignee', 'user', { help: 'a user, or none (default: the user who adds it)' }),
    field('status', 'choice', { required: true, options: () => ['open', 'done'] }),
    field('outcome', 'text'),
    field('doneAt', 'instant', { aliases: ['done'], happened: true }),
    field('repeat', 'repeat', {
      help: 'daily, workdays, weekly, monthly, every 2 weeks, last workday of month, ...: done, it comes again',
    }),
    field('whenCreated', 'word', { help: 'an automation to start now, for the record that the task is for' }),
    field('whenDone', 'word', { help: 'an automation to start when the task is done' }),
    externalId,
    created,
    updated,
    field('dueTime', 'time', { help: 'the time of the day on which it is due: 14:30' }),
    field('automation', 'word', { settable: false, help: 'the automation that added it' }),
  ],
  keys: [byExternalId],
  owner: 'assignee',
  isWork: true,
  about: ['for'],
  states: {
    open: { field: 'status', is: 'open' },
    done: { field: 'status', is: 'done' },
    overdue: { overdue: 'due' },
  },
  complete(fields, before, writing) {
    const { config, user, at } = writing;
    if (!before) {
      fields.type ??= Object.hasOwn(config.taskTypes, 'todo') ? 'todo' : Object.keys(config.taskTypes)[0];
      if (fields.type === undefined)
        throw usage('the workspace defines no task types', 'crm task-type add todo');
      fields.status ??= isEmpty(fields.doneAt) ? 'open' : 'done';
      if (fields.assignee === undefined && Object.hasOwn(config.users, user)) fields.assignee = user;
    }
    splitDue(fields, before);
    if (!isEmpty(fields.doneAt) && fields.status === undefined) fields.status = 'done';
    if (fields.status === 'done' && before?.status !== 'done') fields.doneAt ??= at;
    if (fields.status === 'open') {
      fields.doneAt = null;
      fields.outcome = null;
    }
    for (const name of ['whenCreated', 'whenDone'] as const) {
      const rule = fields[name];
      if (typeof rule !== 'string' || rule === before?.[name]) continue;
      const { automations, broken } = writing.visible;
      const known = [...automations, ...broken].map(each => each.id);
      if (!known.includes(rule))
        throw usage(
          `${name}: there is no automation ${JSON.stringify(rule)}`,
          suggestion(rule, known, 'automations'),
        );
    }
    const { assignee } = fields;
    if (typeof assignee === 'string' && assignee !== before?.assignee) writing.requireActive(assignee);
  },
  named: 'title',
  inJson: [
    'id',
    'title',
    'type',
    'for',
    'due',
    'assignee',
    'status',
    'outcome',
    'doneAt',
    'repeat',
    'whenCreated',
    'whenDone',
    'externalId',
    'createdAt',
    'updatedAt',
    'dueTime',
  ],
  inLists: ['id', 'title', 'type', 'for', 'due', 'assignee', 'status'],
  forPeople: {
    sort: 'due',
    without: {
      query: 'is:done',
      noun: 'done',
      fields: ['status', 'done', 'doneAt', 'done-at', 'outcome'],
      is: ['open', 'done', 'overdue'],
    },
  },
  inCards: ['id', 'due', 'type', 'title', 'assignee', 'automation'],
  inFull: ['automation'],
  moments: [
    {
      at: 'doneAt',
      what: ({ type }) => `${String(type)} done`,
      text: ({ title, outcome }) => [title, outcome].filter(part => !isEmpty(part)).join(': '),
      by: ({ assignee }) => assignee,
    },
  ],
  examples: {
    add: [
      'task add "Call back" --for D12 --type call --due +2d --assignee ana',
      'task add "Send report" --for A7 --due friday --repeat weekly',
    ],
    set: ['task set T40 due=friday assignee=ben', "task set --where 'assignee:ben status:open' assignee=ana"],
  },
};

/** Splits a day that was typed with a time into two fields. A time needs a day, and is cleared together with it. */
function splitDue(fields: Fields, before: Rec | undefined): void {
  if (typeof fields.due === 'string' && fields.due.includes(' ')) {
    const [day, time] = fields.due.split(' ') as [string, string];
    if (typeof fields.dueTime === 'string' && fields.dueTime !== time)
      throw usage(`due says ${time}, and dueTime says ${fields.dueTime}`, 'give one of them');
    fields.due = day;
    fields.dueTime = time;
  }
  const due = 'due' in fields ? fields.due : before?.due;
  if (!isEmpty(due)) return;
  if (!isEmpty(fields.dueTime)) throw usage('a task with a time needs a day', '--due "tomorrow 14:30"');
  if (!isEmpty(before?.dueTime)) fields.dueTime = null;
}
