/** Brings the snapshots up to date after the lock was released. No failure here takes back a commit. */
import type { Change } from '../../../domain/changes.ts';
import type { Tip } from '../../../store/journal/journal.ts';
import type { Workspace } from '../workspace.ts';
import { committedState, type Ground, isEmpty } from './decide.ts';

/** Brings the snapshots up to date after `tip`. After a purge they are already, as after a checkpoint. */
export function settle({ store }: Workspace, ground: Ground, tip: Tip): void {
  const { opened, draft } = ground;
  if (draft.erases) return;
  const size = isEmpty(ground) ? 0 : roughSize(draft.changes);
  store.settle(opened, committedState(ground), tip, size);
}

/** Estimates the bytes of changes in the journal, to decide whether a checkpoint is due. */
export function roughSize(changes: readonly Change[]): number {
  if (changes.length > 2000) return changes.length * 200;
  return changes.reduce((sum, change) => sum + JSON.stringify(change).length, 300);
}
