/**
 * Undo never sends anything: queued messages are cancelled, messages that left stay, and no undo queues a message
 * again. Only `crm message retry` and `release` do that.
 */
import { type Change, idOf } from '../../domain/changes.ts';
import type { Rec } from '../../domain/records.ts';
import type { Draft } from '../../state/draft.ts';

/** The states of messages that have not left, and never will after they are cancelled. */
const stoppable: readonly unknown[] = ['queued', 'held', 'suppressed', 'failed'];

/**
 * Takes back a change of a message, if that sends nothing. Returns why the message stays; null if there is nothing to
 * report; undefined if the change can be taken back like that of any other record.
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
