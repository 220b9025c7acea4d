/**
 * Reads the notifications of a user. Its user may read a notification even if they no longer see the record that it is
 * about; then it says only that there is one.
 */
import { View } from '../core/view.ts';
import { withArticle } from '../../domain/article.ts';
import type { Kind } from '../../domain/kinds.ts';
import type { Rec } from '../../domain/records.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import { compileText } from '../../query/compile.ts';

export interface Notification {
  /** The message: `M12`. */
  readonly id: string;
  readonly at: string;
  /** The record that it is about; null if the user may not see it, or it has none. */
  readonly about: string | null;
  readonly text: string;
  /** Null while it is unread. */
  readonly readAt: string | null;
}

/** For how many milliseconds a read notification is still shown. */
const RECENTLY = 7 * 24 * 60 * 60 * 1000;

/** The fields that name what a notification is about, the most specific first. */
const subjects = ['deal', 'task', 'account', 'contact'] as const;

/** Returns the user's notifications: unread ones first, then those read within a week, or all; the newest first. */
export function inbox(view: View, isAll = false): Notification[] {
  const found = notified(view, '').map(record => shownTo(view, record));
  const since = view.clock.now - RECENTLY;
  const isShown = ({ readAt }: Notification) => isAll || readAt === null || Date.parse(readAt) >= since;
  const isRead = ({ readAt }: Notification) => Number(readAt !== null);
  return found
    .filter(isShown)
    .sort((a, b) => isRead(a) - isRead(b) || (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

/** Returns how many of the user's notifications are unread. */
export const unread = (view: View): number => notified(view, 'no:readAt').length;

/** Returns the ids of the user's notifications, and whether each was read. */
export const ownNotifications = (view: View): ReadonlyMap<string, boolean> =>
  new Map(notified(view, '').map(({ id, readAt }) => [id, readAt !== undefined]));

/** Returns all notifications of the user, the newest first. */
function notified({ state, viewer, clock }: View, query: string): Rec[] {
  const table = state.table('message');
  if (table.rows === 0) return [];
  const whole = new View(state, { user: SWEEPER, role: 'admin' }, clock);
  const asked = compileText(`channel:notify not:status:cancelled ${query}`, 'message', state.config);
  return Array.from(whole.rows(asked), row => table.record(row))
    .filter(({ to }) => to === viewer.user)
    .reverse();
}

function shownTo(view: View, { id, createdAt, readAt, body, ...message }: Rec): Notification {
  const records = subjects.flatMap(field => (typeof message[field] === 'string' ? [message[field]] : []));
  const hidden = records.find(each => !view.seesId(each));
  const subject = records[0];
  return {
    id,
    at: String(createdAt),
    about: hidden === undefined && subject !== undefined ? subject : null,
    text: hidden === undefined ? String(body ?? '') : unseen(view.kinds.kindOf(hidden)),
    readAt: typeof readAt === 'string' ? readAt : null,
  };
}

const unseen = (kind: Kind): string => `something about ${withArticle(kind)} you have no access to`;
