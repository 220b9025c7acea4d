/** Marks one's own notifications as read or unread. This does not change their delivery status. */
import { notFound } from '../../domain/errors.ts';
import type { Writer } from '../core/writer.ts';
import { ownNotifications } from '../reading/inbox.ts';

/**
 * Marks notifications of the acting user by their ids; all of them if none is given. Returns the ids of those that changed.
 * NOT_FOUND for any id that is not in this user's inbox.
 */
export function markRead(writer: Writer, ids: readonly string[] | undefined, isRead: boolean): string[] {
  const own = ownNotifications(writer.view);
  for (const id of ids ?? [])
    if (!own.has(id)) throw notFound(`${id} is not in your inbox`, 'crm inbox --all lists what is');
  const changed = [...new Set(ids ?? own.keys())].filter(id => own.get(id) !== isRead);
  for (const id of changed) writer.draft.set(id, { readAt: isRead ? writer.at : null });
  return changed;
}
