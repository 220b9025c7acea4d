/** What a record that comes back from the trash refers to that is not there any more. */
import { pipelineOf, stageOf } from '../../domain/config.ts';
import { failed } from '../../domain/errors.ts';
import { type Kind, parseId } from '../../domain/kinds.ts';
import { type Deal, type Rec, valueAt } from '../../domain/records.ts';
import type { Writer } from '../writer.ts';
import { idsIn, referencesOf } from './references.ts';

/** Throws FAILED where a deal's pipeline or stage is gone from the settings: it would be nowhere. */
export function requirePlace({ config }: Writer, kind: Kind, record: Rec): void {
  if (kind !== 'deal') return;
  const { id, pipeline, stage } = record as Deal;
  const known = pipelineOf(config, pipeline);
  if (!known)
    throw failed(`${id} was in the pipeline ${pipeline}, which is gone`, `crm pipeline restore ${pipeline}`);
  if (!stageOf(known, stage))
    throw failed(
      `${id} was in the stage ${stage}, which ${pipeline} no longer has`,
      `crm stage restore ${stage} --pipeline ${pipeline}`,
    );
}

/** What is worth knowing of a restored record, a sentence each: users who left, options that are gone, the trash. */
export function restoreNotes({ config, draft, view }: Writer, id: string): string[] {
  const { kind } = parseId(id)!;
  const record = draft.record(id);
  const notes: string[] = [];
  for (const field of ['owner', 'assignee'] as const) {
    const user = record[field];
    if (typeof user !== 'string') continue;
    const known = Object.hasOwn(config.users, user) ? config.users[user] : undefined;
    if (known && !known.active) notes.push(`the ${field} of ${id}, ${user}, is not active`);
  }
  for (const { path, name } of referencesOf(config, kind))
    for (const other of idsIn(valueAt(record, path)))
      if (view.trashed(other))
        notes.push(
          `the ${name} of ${id}, ${other}, is in the trash: crm ${parseId(other)!.kind} restore ${other}`,
        );
  const type = record.type;
  if (kind === 'task' && typeof type === 'string' && !Object.hasOwn(config.taskTypes, type))
    notes.push(`the type of ${id}, ${type}, is no longer a task type`);
  if (kind === 'deal' || kind === 'contact' || kind === 'account')
    for (const { name, options } of config.fields[kind]) {
      const values = [valueAt(record, `fields.${name}`) ?? []].flat();
      for (const value of values)
        if (options && typeof value === 'string' && !options.includes(value))
          notes.push(`the ${name} of ${id}, ${value}, is no longer one of its options`);
    }
  return notes;
}
