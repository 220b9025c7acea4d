/** Conflicts that need no word of `crm sync --mine` any more: somebody gave the record the refused values. */
import { sameJson, valueAt } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import type { Replica } from '../../store/remotes/replica.ts';

/** Removes the conflicts that a person settled by hand: the fields have the values that this side had set. */
export function forgetSettled(replica: Replica, state: State): void {
  replica.conflicts.remove(({ id, change }) => {
    const record = 'set' in change && change.kind !== 'file' ? state.get(id) : undefined;
    if (!record || !('set' in change)) return false;
    return Object.entries(change.set).every(([path, [, mine]]) =>
      sameJson(valueAt(record, path) ?? null, mine),
    );
  });
}
