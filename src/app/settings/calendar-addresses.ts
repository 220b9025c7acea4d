/**
 * The secret addresses at which calendar programs read the tasks of a user from `crm serve`. The journal has a hash
 * of each token, by user: a copy of the workspace is not enough to make an address, but every machine that shares the
 * workspace recognises it.
 */
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import { Sha256 } from '../../store/disk/sha256.ts';
import { commit } from '../core/commit.ts';
import type { Workspace } from '../core/workspace.ts';

/** The beginning of the ids of calendar cursors; the user's id follows. */
const PREFIX = 'calendar/';

/** The address of a user, without its token, which is stored nowhere. */
export interface CalendarAddress {
  readonly user: string;
  readonly hash: string;
  /** When it was made. */
  readonly since: string;
}

/** Returns the addresses of active users, by id. */
export function calendarAddresses(state: State): readonly CalendarAddress[] {
  const { users } = state.config;
  return [...state.named('cursor').values()]
    .flatMap(({ id, owner, at }): CalendarAddress[] => {
      const user = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : '';
      const isUser = Object.hasOwn(users, user) && users[user]!.active !== false;
      return isUser && typeof owner === 'string' ? [{ user, hash: owner, since: String(at) }] : [];
    })
    .sort((a, b) => (a.user < b.user ? -1 : 1));
}

/** Returns the hash by which the journal knows a token. */
export const calendarHash = (token: string): string => new Sha256().update(`calendar ${token}`).digest();

/** Gives a user the address with this token, which replaces an earlier one. Shared at once, so it works wherever crm serve runs. */
export async function giveCalendar(
  workspace: Workspace,
  via: string,
  user: string,
  token: string,
): Promise<void> {
  await commit(workspace, { via, online: 'a calendar address' }, draft => {
    draft.setNamed('cursor', PREFIX + user, { owner: calendarHash(token), at: draft.at });
  });
}

/** Ends the address of a user if there is one. */
export function endCalendar(draft: Draft, user: string): void {
  if (draft.state.named('cursor').has(PREFIX + user))
    draft.setNamed('cursor', PREFIX + user, { owner: null, at: null });
}

/** Ends the address of a user as a transaction of its own. */
export async function revokeCalendar(workspace: Workspace, via: string, user: string): Promise<void> {
  await commit(workspace, { via, online: 'the end of a calendar address' }, draft =>
    endCalendar(draft, user),
  );
}
