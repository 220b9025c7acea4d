import { restoreEntry } from '../../../app/settings/restore-setting.ts';
import {
  addTaskType,
  removeTaskType,
  setTaskType,
  taskTypeKeys,
  taskTypeNamed,
} from '../../../app/settings/task-types.ts';
import type { TaskType } from '../../../domain/config.ts';
import { plainColumn } from '../../../ui/thing-column.ts';
import { plural } from '../../../ui/words.ts';
import { valuesGiven } from '../key-options.ts';
import { neverWas } from '../never-was.ts';
import { taskType as taskTypeWord, text } from '../../args/declare.ts';
import { settingNoun } from '../noun.ts';

export const taskType = settingNoun<TaskType>({
  name: 'task-type',
  many: 'the types of tasks',
  named: () => ({ name: taskTypeWord() }),
  newNamed: () => ({ name: text('NAME', 'which name', { example: 'visit' }) }),
  sample: { one: 'visit', other: 'measuring', renamed: 'showroom-visit', filter: 'contact:true' },
  verbs: {
    add: {
      examples: [
        'task-type add visit --contact yes',
        'task-type add measuring',
        'task add "See the hall" --type visit',
      ],
    },
    set: { examples: ['task-type set visit contact=yes', 'task-type set todo contact=no'] },
    rm: {
      options: [
        {
          flags: '--move-to <NAME>',
          description: 'the type that its tasks get instead',
          value: taskTypeWord(),
        },
      ],
      examples: ['task-type rm measuring', 'task-type rm visit --move-to meeting'],
    },
  },
  columns: () => [plainColumn('id', type => type.id), plainColumn('contact', type => type.contact)],
  idOf: type => type.id,
  all: ({ config }) => Object.values(config.taskTypes),
  find: ({ config }, [id]) => taskTypeNamed(config, id!),
  keys: taskTypeKeys,
  add({ args, options }) {
    const id = args[0]!;
    const values = valuesGiven('task type', taskTypeKeys, options);
    return { id, decide: writer => addTaskType(writer, id, values) };
  },
  set: (writer, type, { values }) => setTaskType(writer, type, values),
  async rename(writer, thing, id) {
    const { renameTaskType } = await import('../../../app/settings/rename/rename-task-type.ts');
    return renameTaskType(writer, thing, id);
  },
  async rm(writer, type, options) {
    const to = options.text('moveTo');
    const moved = await removeTaskType(writer, type, to);
    if (moved > 0) return [`moved ${plural(moved, 'task')} to ${to}`];
  },
  restore: (writer, journal, [id]) =>
    restoreEntry(writer, journal, ['task-types', id!], neverWas('task type', id!)),
});
