/** Marking one's own notifications as read, or as unread again. Whether one was read is no part of its delivery. */
import { notFound } from '../../domain/errors.ts';
import type { Writer } from '../core/writer.ts';
import { ownNotifications } from '../reading/inbox.ts';

/**
 * Marks notifications of the acting user, by their ids; without any, all of theirs. Returns the ids of those that were
 * not so already. NOT_FOUND for an id that is not in their inbox, whatever else it may be.
 */
export function markRead(writer: Writer, ids: readonly string[] | undefined, isRead: boolean): string[] {
  const own = ownNotifications(writer.view);
  for (const id of ids ?? [])
    if (!own.has(id)) throw notFound(`${id} is not in your inbox`, 'crm inbox --all lists what is');
  const changed = [...new Set(ids ?? own.keys())].filter(id => own.get(id) !== isRead);
  for (const id of changed) writer.draft.set(id, { readAt: isRead ? writer.at : null });
  return changed;
}
