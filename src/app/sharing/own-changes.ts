/** The changes that were made on this machine, in a shared workspace: undo and redo reach no others. */
import { conflict } from '../../domain/errors.ts';
import type { Store } from '../../store/store.ts';
import type { OwnChanges } from '../history/choose-transaction.ts';

/**
 * Returns the changes of this machine; undefined if the workspace is not shared. With `isMeant`, a number means the
 * transaction that has it now, even if another one had it before a sync.
 */
export async function ownChanges(store: Store, isMeant: boolean): Promise<OwnChanges | undefined> {
  const replica = await store.replica();
  if (!replica) return undefined;
  const made = replica.made.read();
  const refused = replica.conflicts.read();
  return {
    isOwn: tx => made.placeOf(tx) !== undefined,
    requireSame(tx) {
      const now = made.nowOf(tx.seq);
      if (now === undefined || now === tx.seq || isMeant) return;
      throw conflict(
        `until a sync, ${tx.seq} was the number of a change of this machine; now it is that of another one`,
        now === null
          ? `nothing is left of what it was; crm undo ${tx.seq} --yes takes back what is ${tx.seq} now`
          : `crm undo ${now} takes back what it was; with --yes, crm undo ${tx.seq} takes back what is ${tx.seq} now`,
      );
    },
    requireLast(tx) {
      const place = tx ? made.placeOf(tx)! : -1;
      const later = refused.find(({ request, at }) => (made.placeOfRequest(request, at) ?? -1) > place);
      if (later)
        throw conflict(
          `the last change of this machine, of ${later.id}, was not done: others changed the same`,
          tx
            ? `crm sync --theirs ${later.id} forgets it; crm undo ${tx.seq} takes back the one before, ${tx.via}`
            : `crm sync --theirs ${later.id} forgets it, and --mine ${later.id} does it; crm remote show lists the conflicts`,
        );
    },
  };
}
