import type { Config, Role, User } from '../../domain/config.ts';
import type { Draft } from '../../state/draft.ts';
import { conflict, failed, usage } from '../../domain/errors.ts';
import { parseEmail } from '../../domain/email.ts';
import { slug } from '../../domain/fold.ts';
import { requireId, requireName, whyNotNamed, whyNotUserId } from '../../domain/names.ts';
import type { Viewer } from '../core/viewer.ts';
import { endCalendar } from './calendar-addresses.ts';
import { editSettings } from './settings.ts';

export interface NewUser {
  readonly id: string;
  readonly name: string;
  readonly email?: string | undefined;
  readonly role: Role;
}

/** Checks a new user. USAGE for a text that cannot be an id, CONFLICT if an id or an e-mail is taken. */
export function checkNewUser(config: Config, { id, email }: Pick<NewUser, 'id' | 'email'>): void {
  requireName('a user', id);
  requireId(id, 'an id');
  const why = whyNotUserId(id);
  if (why !== undefined) throw usage(why, 'choose another id');
  if (Object.hasOwn(config.users, id)) throw conflict(`there is a user ${id} already`);
  checkEmail(config, id, email);
}

/** Adds users to crm.yaml; CONFLICT if an id or an e-mail is taken. */
export async function addUsers(draft: Draft, viewer: Viewer, users: readonly NewUser[]): Promise<void> {
  for (const user of users) checkNewUser(draft.config, user);
  await editSettings(draft, viewer, 'crm.yaml', tree => {
    for (const { id, name, email, role } of users)
      tree.put(['users', id], { name, ...(email && { email }), role });
  });
  // A user of the same id whom somebody removed from crm.yaml by hand is another user.
  for (const { id } of users) endCalendar(draft, id);
  keepAnAdmin(draft.config, viewer);
}

/**
 * Returns the default role of a new user: people who add themselves keep the rights that they have now, all others
 * are normal.
 */
export const roleFor = (viewer: Viewer, id: string): Role => (viewer.user === id ? viewer.role : 'normal');

/** FAILED if this would leave no user able to change settings. */
export function keepAnAdmin(config: Config, viewer: Viewer): void {
  const self = Object.hasOwn(config.users, viewer.user) ? config.users[viewer.user] : undefined;
  const isAdmin = ({ role, active }: User) => role === 'admin' && active;
  if (self && !Object.values(config.users).some(isAdmin))
    throw failed(
      `then no user could change settings: ${self.id} is the only admin`,
      'make another user admin first: crm user set USER role=admin',
    );
}

/** Throws CONFLICT if another user has the e-mail. */
export function checkEmail(config: Config, id: string, email: string | undefined): void {
  if (email) parseEmail(email);
  const same = Object.values(config.users).find(
    user => user.id !== id && email && user.email?.toLowerCase() === email.toLowerCase(),
  );
  if (same) throw conflict(`${same.id} has the e-mail ${email} already`);
}

/** Returns a free id for a new user of that name. */
export function freeUserId(draft: Draft, name: string, taken: ReadonlySet<string>): string {
  const made = slug(name) || 'user';
  const base = whyNotNamed('a user', made) === undefined ? made : `user-${made}`;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!Object.hasOwn(draft.config.users, id) && !taken.has(id)) return id;
  }
}
