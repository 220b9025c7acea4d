/** The records that changed since a transaction, as they were then and as they are now, found in the changes alone. */
import { applyChange, idOf, invert, isPurge } from '../../domain/changes.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import type { Logged } from '../../state/change-log.ts';
import type { State } from '../../state/state.ts';

/** A record before and after some changes; undefined if it did not exist. */
export interface Changed {
  /** Its `updatedAt` and `stageSince` may be wrong: changes do not say what these were. */
  readonly before: Rec | undefined;
  readonly after: Rec | undefined;
}

/**
 * Returns the records of a kind that transactions after `seq` changed, by their IDs; undefined if there are more than
 * `most`, or if one was purged, because nothing says any more what it was. `seq` is not before the base of the state.
 */
export function changedSince(
  state: State,
  kind: Kind,
  seq: number,
  most: number,
): ReadonlyMap<string, Changed> | undefined {
  const changes = new Map<string, Logged[]>();
  for (const logged of state.log(seq)) {
    const { change } = logged;
    if (change.kind !== kind) continue;
    if (isPurge(change)) return undefined;
    const known = changes.get(idOf(change));
    if (known) known.push(logged);
    else if (changes.size < most) changes.set(idOf(change), [logged]);
    else return undefined;
  }
  const changed = new Map<string, Changed>();
  for (const [id, its] of changes) {
    const after = state.get(id);
    changed.set(id, { before: beforeAll(its, after), after });
  }
  return changed;
}

/** Returns a record as it was before its changes, by undoing the last one first. */
function beforeAll(changes: readonly Logged[], after: Rec | undefined): Rec | undefined {
  let record = after;
  for (const { change, at } of [...changes].reverse())
    if ('rm' in change) record = change.rm;
    else record = applyChange(record, invert(change), at);
  return record;
}
