/** Changing records in the trash. */
import { addition } from '../../domain/changes.ts';
import type { Writer } from '../core/writer.ts';

/**
 * Changes records in the trash, which count as present where the settings or other records change: each comes out,
 * is changed, and goes back. So an undo takes it back as it takes back any change.
 */
export function inTrash({ draft }: Writer, ids: readonly string[], change: (id: string) => void): void {
  for (const id of ids) {
    draft.apply(addition(draft.state.kinds.kindOf(id), draft.state.trash().get(id)!.record));
    change(id);
    draft.remove(id);
  }
}
