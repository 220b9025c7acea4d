/** What a record that comes back from the trash refers to that is not there any more. */
import { failed } from '../../domain/errors.ts';
import type { Kind } from '../../domain/kinds.ts';
import { type Rec, valueAt } from '../../domain/records.ts';
import { goneFor } from '../settings/uses.ts';
import type { Config } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import type { View } from '../core/view.ts';
import { idsIn, referencesOf } from '../core/references.ts';

/** Throws FAILED where a deal's pipeline or stage is gone from the settings: it would be nowhere. */
export function requirePlace(config: Config, kind: Kind, record: Rec): void {
  const { id } = record;
  for (const { setting } of goneFor(config, kind, record)) {
    if (setting.type === 'pipeline')
      throw failed(
        `${id} was in the pipeline ${setting.id}, which is gone`,
        `crm pipeline restore ${setting.id}`,
      );
    if (setting.type === 'stage')
      throw failed(
        `${id} was in the stage ${setting.id}, which ${setting.pipeline} no longer has`,
        `crm stage restore ${setting.id} --pipeline ${setting.pipeline}`,
      );
  }
}

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
