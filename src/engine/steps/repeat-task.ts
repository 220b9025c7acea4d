import { failed } from '../../domain/errors.ts';
import type { Task } from '../../domain/records.ts';
import { nextRepeat } from '../../domain/repeat.ts';
import type { State } from '../../state/state.ts';
import { definitionOf, hasFieldOf } from '../../kinds/define.ts';
import { ownerOf } from '../subjects.ts';
import type { Step } from './step.ts';

export const repeatTask: Step = {
  name: 'repeat-task',
  summary:
    'adds a task again, when its repeat says; a rule that is built in, repeat-tasks, does so for tasks that are done',
  params: {},
  check: (_params, acts, { kinds }) =>
    hasFieldOf(definitionOf(kinds, acts), 'repeat')
      ? undefined
      : { message: `${acts}s do not repeat`, hint: 'in a rule for: task' },
  effects: () => [{ adds: 'task', fields: {} }],
  example: 'repeat-task',
  run({ enrolment, writer, why, scope }) {
    const task = writer.view.record(enrolment.subject) as Task;
    const { zone, now } = scope.clock;
    const { state } = scope;
    const { config } = state;
    if (task.repeat === undefined) return { did: `${task.id} does not repeat` };
    const done = zone.day(task.doneAt === undefined ? now : Date.parse(task.doneAt));
    const from = task.due ?? done;
    const again = nextRepeat(task.repeat, from, from > done ? from : done, config.holidays);
    if (!again) throw failed(`${task.id} repeats ${JSON.stringify(task.repeat)}, which is not understood`);
    const {
      id: _,
      createdAt: _c,
      updatedAt: _u,
      status: _s,
      doneAt: _d,
      outcome: _o,
      externalId: _e,
      ...same
    } = task;
    const { assignee } = same;
    const isLeft = assignee !== undefined && config.users[assignee]?.active !== true;
    const next = isLeft ? activeOwner(state, task.for) : assignee;
    const { id } = writer.add('task', { ...same, ...again, assignee: next ?? null }, why);
    const left = isLeft ? `, for ${next ?? 'nobody'}: ${assignee} is not active` : '';
    return { did: `added ${id}, due ${again.due}${left}` };
  },
};

/**
 * Returns the user to whom a record belongs, if active: a user who left handed over open work, but not tasks that
 * were done.
 */
function activeOwner(state: State, record: string | undefined): string | undefined {
  const owner = record === undefined ? undefined : ownerOf(state, record);
  return owner !== undefined && state.config.users[owner]?.active === true ? owner : undefined;
}
