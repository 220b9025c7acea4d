import type { TaskType } from '../../../domain/config.ts';
import { conflict } from '../../../domain/errors.ts';
import type { Kind } from '../../../domain/kinds.ts';
import { requireId, requireName } from '../../../domain/names.ts';
import { rewriteValues } from '../../../query/parse.ts';
import { placesOf, type Setting } from '../../core/named-settings.ts';
import type { Writer } from '../../core/writer.ts';
import { moveUses } from '../move-uses.ts';
import { usesOf } from '../uses.ts';
import { askedField } from './asked-field.ts';
import { type RenamedIn, renameSetting } from './rename-setting.ts';

/**
 * Renames a task type with its tasks, live and in the trash, and all rules, queries and mappings that name it. CONFLICT if
 * there is one of the new name.
 */
export async function renameTaskType(
  writer: Writer,
  { id }: TaskType,
  to: string,
): Promise<RenamedIn & { readonly tasks: number }> {
  const { config, draft } = writer;
  requireName('a task type', to);
  requireId(to, 'a name for a task type');
  if (Object.hasOwn(config.taskTypes, to)) throw conflict(`there is a task type ${to} already`);
  const setting: Setting = { type: 'task type', id };
  const [place] = placesOf(setting);
  const uses = usesOf(draft, setting);
  const named = (value: string) => (value.toLowerCase() === id ? to : value);
  const isType = (kind: Kind, name: string) => {
    const asked = askedField(config, kind, name);
    return asked?.kind === place!.kind && asked.field.path === place!.path;
  };
  const renamed = await renameSetting(writer, {
    what: `the task type ${id}`,
    at: ['task-types', id],
    to,
    renaming: {
      param: (type, value) => (type === 'task-type' ? named(value) : value),
      value: (field, value, kind) => (isType(kind, field) ? named(value) : value),
      term: (term, kind) =>
        term.type === 'term' && isType(kind, term.field) ? rewriteValues(term, named) : term.source,
    },
  });
  moveUses(writer, uses, ({ path }) => ({ [path]: to }));
  return { ...renamed, tasks: uses.length };
}
