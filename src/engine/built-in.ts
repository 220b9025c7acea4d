/**
 * Rules without a file, for records whose fields ask for them. They run, and appear in the history, like all rules. A
 * user's rule with the same id replaces a built-in one.
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

/** Returns all rules by file name, the built-in ones included. */
export function allAutomations({ automations, broken }: Config): readonly Automation[] {
  const own = new Set([...automations, ...broken].map(each => each.id));
  const added = builtIn.filter(({ id }) => !own.has(id));
  return [...automations, ...added].sort((a, b) => byCodeUnits(`${a.id}.yaml`, `${b.id}.yaml`));
}
