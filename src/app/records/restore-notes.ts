/** Notes on references of a restored record to things that no longer exist. */
import { valueAt } from '../../domain/records.ts';
import { goneFor } from '../core/named-settings.ts';
import type { Draft } from '../../state/draft.ts';
import type { View } from '../core/view.ts';
import { idsIn, referencesOf } from '../core/references.ts';

/** What is worth knowing of a restored record, a sentence each: users who left, options that are gone, the trash. */
export function restoreNotes(draft: Draft, view: View, id: string): string[] {
  const { config } = draft;
  const kind = config.kinds.kindOf(id);
  const record = draft.record(id);
  const notes: string[] = [];
  for (const { path, name } of referencesOf(config, kind))
    for (const other of idsIn(valueAt(record, path)))
      if (view.trashed(other))
        notes.push(
          `the ${name} of ${id}, ${other}, is in the trash: crm ${config.kinds.kindOf(other)} restore ${other}`,
        );
  for (const { setting, field } of goneFor(config, kind, record)) {
    const of = `the ${field} of ${id}, ${setting.id},`;
    if (setting.type === 'user')
      notes.push(
        Object.hasOwn(config.users, setting.id) ? `${of} is not active` : `${of} is no longer a user`,
      );
    if (setting.type === 'task type') notes.push(`${of} is no longer a task type`);
    if (setting.type === 'option') notes.push(`${of} is no longer one of its options`);
  }
  return notes;
}
