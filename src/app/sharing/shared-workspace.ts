/** A workspace that has a remote, opened, with its replica. */
import { failed } from '../../domain/errors.ts';
import type { Replica } from '../../store/remotes/replica.ts';
import { isAdmin } from '../core/viewer.ts';
import { Workspace, type World } from '../core/workspace.ts';

export interface Shared {
  readonly workspace: Workspace;
  readonly replica: Replica;
}

/** Opens a workspace that has a remote. FAILED if it has none. */
export async function openShared(world: World, dir: string | undefined): Promise<Shared> {
  const workspace = await Workspace.open(world, dir);
  const replica = await workspace.store.replica();
  if (!replica) throw failed(`${workspace.store.dir} has no remote on this machine`, 'crm remote add URL');
  return { workspace, replica };
}

/** Throws FAILED for a user who may not decide where the whole workspace is: a remote has all of it. */
export function mayShare({ viewer }: Workspace): void {
  if (!isAdmin(viewer))
    throw failed(
      `${viewer.user} is ${viewer.role} and may not share the workspace: a remote has all of it`,
      'an admin may: --as USER',
    );
}
