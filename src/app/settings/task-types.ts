/** Task types, and whether closing a task of a type counts as contact with the customer. */
import type { Config, TaskType } from '../../domain/config.ts';
import { conflict, usage } from '../../domain/errors.ts';
import { requireId, requireName } from '../../domain/names.ts';
import { suggestion } from '../../domain/nearest.ts';
import type { Setting } from '../core/named-settings.ts';
import type { Writer } from '../core/writer.ts';
import { moveUses } from './move-uses.ts';
import { asTruth, putSettings, type SettingKeys, type SettingValues } from './setting-keys.ts';
import { editSettings, takeOut } from './settings.ts';
import { nameOf, requireReplacement, usesOf } from './uses.ts';

/** What `crm task-type set` may change. */
export const taskTypeKeys: SettingKeys = {
  contact: {
    read: asTruth,
    required: true,
    option: {
      takes: 'YES',
      help: 'whether closing such a task was a contact with the customer (default: no)',
    },
  },
};

/** The task type of an id; USAGE with the nearest one. */
export function taskTypeNamed({ taskTypes }: Config, id: string): TaskType {
  if (Object.hasOwn(taskTypes, id)) return taskTypes[id]!;
  throw usage(
    `unknown task type ${JSON.stringify(id)}`,
    suggestion(id, Object.keys(taskTypes), 'task types') ?? 'crm task-type add NAME',
  );
}

/** Adds a task type; CONFLICT if there is one of that id. */
export async function addTaskType(
  { draft, view: { viewer }, config }: Writer,
  id: string,
  values: SettingValues,
): Promise<void> {
  requireName('a task type', id);
  requireId(id, 'a name for a task type');
  if (Object.hasOwn(config.taskTypes, id)) throw conflict(`there is a task type ${id} already`);
  await editSettings(draft, viewer, 'crm.yaml', tree =>
    tree.put(['task-types', id], Object.fromEntries(values)),
  );
}

export const setTaskType = (
  { draft, view: { viewer } }: Writer,
  { id }: TaskType,
  values: SettingValues,
): Promise<void> =>
  editSettings(draft, viewer, 'crm.yaml', tree => putSettings(tree, ['task-types', id], values));

/**
 * Removes a task type; its tasks, live and in the trash, get another one. Returns how many there were. USAGE if there are
 * some and `moveTo` is undefined, FAILED if a rule or a query names the type.
 */
export async function removeTaskType(
  writer: Writer,
  { id }: TaskType,
  moveTo: string | undefined,
): Promise<number> {
  const { draft, view, config } = writer;
  const setting: Setting = { type: 'task type', id };
  const uses = usesOf(draft, setting);
  const target = moveTo === undefined ? undefined : taskTypeNamed(config, moveTo).id;
  if (target === id) throw usage(`${id} is the task type to remove`, '--move-to another one');
  requireReplacement(config, setting, uses, target, '--move-to TYPE');
  moveUses(writer, uses, () => ({ type: target }));
  // Only now: an undo takes back the last first, so that the tasks return to a type that is there.
  await takeOut(draft, view.viewer, 'crm.yaml', nameOf(setting), tree => tree.take(['task-types', id]));
  return uses.length;
}
