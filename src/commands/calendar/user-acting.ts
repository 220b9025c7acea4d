import type { Workspace } from '../../app/core/workspace.ts';
import { failed } from '../../domain/errors.ts';

/**
 * Returns the acting user's id. FAILED for an owner of the directory who is not a user, because only users have
 * tasks.
 */
export function userActing({ viewer: { user }, config }: Workspace): string {
  if (Object.hasOwn(config.users, user)) return user;
  throw failed(
    `${user} is not a user of this workspace, and has no tasks in it`,
    'crm user add makes one; --as USER acts as one',
  );
}
