import { CrmError } from '../../domain/errors.ts';
import type { Fields, Writer } from '../writer.ts';

/** Sets fields of several records that nobody named one by one: what one of them refuses is said with its id. */
export function setEach(writer: Writer, ids: readonly string[], fields: Fields): void {
  for (const id of ids)
    try {
      writer.set(id, fields);
    } catch (error) {
      if (error instanceof CrmError) throw new CrmError(error.kind, `${id}: ${error.message}`, error.hint);
      throw error;
    }
}

/**
 * Changes records in the trash, which count as present where the settings or other records change: each comes out,
 * is changed, and goes back. So an undo takes it back as it takes back any change.
 */
export function inTrash({ draft }: Writer, ids: readonly string[], change: (id: string) => void): void {
  for (const id of ids) {
    draft.apply({ add: draft.state.trash().get(id)!.record });
    change(id);
    draft.remove(id);
  }
}
