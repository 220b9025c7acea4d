/**
 * Rules that are there without a file: what a field of a record asks for, done as all rules do it, and seen in the
 * history as such. A rule of the user's with the same id stands in its place.
 */
import type { Automation } from '../domain/automation.ts';
import type { Config } from '../domain/config.ts';
import { byCodeUnits } from '../kinds/field-types.ts';
import { repeatTask } from './steps/repeat-task.ts';
import { taskCompleted } from './triggers/task-completed.ts';

export const builtIn: readonly Automation[] = [
  {
    id: 'repeat-tasks',
    name: 'A task that repeats comes again when it is done',
    enabled: true,
    for: 'task',
    on: [{ type: taskCompleted.name, params: {}, where: 'has:repeat' }],
    runs: 'once',
    limit: { count: 1, per: 0 },
    overlap: false,
    steps: [{ id: `1.${repeatTask.name}`, type: repeatTask.name, params: {} }],
  },
];

/** All rules by file name, with those that need no file. */
export function allAutomations({ automations, broken }: Config): readonly Automation[] {
  const own = new Set([...automations, ...broken].map(each => each.id));
  const added = builtIn.filter(({ id }) => !own.has(id));
  return [...automations, ...added].sort((a, b) => byCodeUnits(`${a.id}.yaml`, `${b.id}.yaml`));
}
