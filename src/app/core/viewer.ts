/**
 * The reader or writer, and their rights. Every read takes a Viewer, whose rights are ANDed into it: records that a
 * user may not see do not exist for them. With files on one's own disk, this only guards against mistakes.
 */
import type { Config, Pipeline, Role } from '../../domain/config.ts';
import { failed } from '../../domain/errors.ts';

export interface Viewer {
  /** A user's id, or a login name that is not in `users`. */
  readonly user: string;
  readonly role: Role;
  /** Whether they are not a user and may act because the workspace's directory belongs to them. */
  readonly asOwner?: true;
}

/** A login that is not in `users` acts with all rights, and is recorded by name. */
export function viewerOf(config: Config, user: string): Viewer {
  const known = Object.hasOwn(config.users, user) ? config.users[user] : undefined;
  return { user, role: known?.role ?? 'admin' };
}

export const isAdmin = (viewer: Viewer): boolean => viewer.role === 'admin';

/** Throws FAILED unless the viewer may change settings. */
export function mayChangeSettings(viewer: Viewer): void {
  if (!isAdmin(viewer))
    throw failed(`${viewer.user} is ${viewer.role} and may not change settings`, 'an admin may: --as USER');
}

/** Whether no record is hidden from a viewer. */
export const seesAll = (viewer: Viewer) => viewer.role === 'admin' || viewer.role === 'manager';

export const hasAccess = (pipeline: Pipeline, viewer: Viewer): boolean =>
  seesAll(viewer) || !pipeline.access || pipeline.access.includes(viewer.user);

/** Refuses to give work to a user who is not active. */
export function requireActiveUser(config: Config, user: string): void {
  if (config.users[user]?.active === false)
    throw failed(`${user} is not active`, `crm user set ${user} active=true`);
}
