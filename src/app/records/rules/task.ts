import { usage } from '../../../domain/errors.ts';
import { suggestion } from '../../../domain/nearest.ts';
import { isEmpty, type Rec } from '../../../domain/records.ts';
import { requireActiveUser } from '../../viewer.ts';
import type { Fields } from '../../writer.ts';
import type { Rules } from './index.ts';

export const taskRules: Rules = {
  complete(fields, before, writer) {
    const { config, draft } = writer;
    if (!before) {
      fields.type ??= Object.hasOwn(config.taskTypes, 'todo') ? 'todo' : Object.keys(config.taskTypes)[0];
      if (fields.type === undefined)
        throw usage(
          'the workspace defines no task types',
          'task-types: { call: { contact: true }, todo: {} } in crm.yaml',
        );
      fields.status ??= isEmpty(fields.doneAt) ? 'open' : 'done';
      const { user } = writer.view.viewer;
      if (fields.assignee === undefined && Object.hasOwn(config.users, user)) fields.assignee = user;
    }
    splitDue(fields, before);
    if (!isEmpty(fields.doneAt) && fields.status === undefined) fields.status = 'done';
    if (fields.status === 'done' && before?.status !== 'done') fields.doneAt ??= draft.at;
    if (fields.status === 'open') {
      fields.doneAt = null;
      fields.outcome = null;
    }
    for (const name of ['whenCreated', 'whenDone'] as const) {
      const id = fields[name];
      if (typeof id !== 'string' || id === before?.[name]) continue;
      const { automations, broken } = writer.view.config;
      const known = [...automations, ...broken].map(each => each.id);
      if (!known.includes(id))
        throw usage(
          `${name}: there is no automation ${JSON.stringify(id)}`,
          suggestion(id, known, 'automations'),
        );
    }
    const { assignee } = fields;
    if (typeof assignee === 'string' && assignee !== before?.assignee) requireActiveUser(config, assignee);
  },
};

/** A day that was typed with a time is two fields; a time needs a day, and goes with it. */
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
