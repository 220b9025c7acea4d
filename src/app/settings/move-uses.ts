/** Changes records that a command did not name, because a setting or another record that they refer to is removed. */
import { inTrash } from '../records/in-trash.ts';
import { CrmError } from '../../domain/errors.ts';
import type { Rec } from '../../domain/records.ts';
import type { Use } from './uses.ts';
import type { Fields, Writer } from '../core/writer.ts';

/** Sets fields of a record that the command did not name; errors name the record. */
function setUnnamed(writer: Writer, id: string, fields: Fields): void {
  try {
    writer.set(id, fields);
  } catch (error) {
    if (error instanceof CrmError) throw new CrmError(error.kind, `${id}: ${error.message}`, error.hint);
    throw error;
  }
}

/**
 * Changes the records that use a setting, live and in the trash; `fieldsFor` sees each record as it is when its turn
 * comes.
 */
export function moveUses(
  writer: Writer,
  uses: readonly Use[],
  fieldsFor: (use: Use, record: Rec) => Fields,
): void {
  for (const use of uses) {
    const move = (id: string) => setUnnamed(writer, id, fieldsFor(use, writer.draft.record(id)));
    if (use.isTrashed) inTrash(writer, [use.id], move);
    else move(use.id);
  }
}
