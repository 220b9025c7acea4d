/**
 * Undo never sends anything: what a sweep queued is cancelled, what left stays, and nothing is queued again by taking
 * something back. Only `crm message retry` and `release` do that.
 */
import { type Change, idOf } from '../../domain/changes.ts';
import type { Rec } from '../../domain/records.ts';
import type { Draft } from '../../state/draft.ts';

/** The states from which a message has not left, and will not once it is cancelled. */
const stoppable: readonly unknown[] = ['queued', 'held', 'suppressed', 'failed'];

/**
 * Takes back a change of a message, as far as that sends nothing. Returns why it was left as it is; null where nothing is
 * to be said; undefined where it can be taken back as any other record's.
 */
export function takeBackMessage(draft: Draft, change: Change): string | null | undefined {
  if ('rm' in change) return undefined;
  const now = draft.get(idOf(change));
  if ('set' in change) {
    const before = change.set.status?.[0];
    return now && (before === 'queued' || before === 'sending')
      ? `is ${String(now.status)}: nothing is queued by an undo`
      : undefined;
  }
  if (!now) return 'is gone already';
  if (now.status === 'cancelled') return null;
  if (!stoppable.includes(now.status)) return `is ${String(now.status)} already`;
  cancel(draft, now.id);
  return null;
}

/** Cancels a message that came back from the trash as it was: queued. */
export function stopRestored(draft: Draft, id: string): void {
  const status = draft.get(id)?.status;
  if (status === 'queued' || status === 'sending' || status === 'held') cancel(draft, id);
}

/** Whether a message never left and never will: it keeps no other record from being taken back. */
export const isCancelled = (record: Rec): boolean => record.status === 'cancelled';

const cancel = (draft: Draft, id: string) =>
  draft.set(id, { status: 'cancelled', hold: null, nextAt: null, reason: 'what queued it was undone' });
