/** Decides the acting user of a workspace and their rights, from the given name or the login. */
import type { Config } from '../../domain/config.ts';
import { CrmError, failed, usage } from '../../domain/errors.ts';
import { suggestion } from '../../domain/nearest.ts';
import { SWEEPER } from '../../domain/sweeper.ts';
import { isAdmin, type Viewer, viewerOf } from './viewer.ts';

/** The acting user, as named. */
export interface Actor {
  readonly name: string;
  /** The source of the name: `--as`, `CRM_USER` or the path of the user's own settings; left out: the login name. */
  readonly named?: string;
  /** The user who would act without that name. */
  self?(): Promise<Actor>;
}

/**
 * Returns the acting user, by id, name or e-mail. In a workspace with users, an unknown name is USAGE. An unknown
 * login acts as admin if the workspace's directory belongs to it, and is FAILED otherwise.
 */
export async function viewerFor(config: Config, actor: Actor, ownsDirectory: () => boolean): Promise<Viewer> {
  const { name, named } = actor;
  const known = userCalled(config, name);
  if (known && !known.active && named !== undefined)
    throw new CrmError('FAILED', `${known.id} is not active`, `crm user set ${known.id} active=true`);
  if (known) return viewerOf(config, known.id);
  const ids = Object.keys(config.users);
  if (ids.length === 0) return viewerOf(config, name);
  if (named === undefined) {
    if (ownsDirectory()) return { ...viewerOf(config, name), asOwner: true };
    throw failed(
      `you are logged in as ${name}, who is not a user of this workspace, and you do not own its directory`,
      'CRM_USER=NAME or --as NAME says which user acts',
    );
  }
  if (name === SWEEPER) return asSweeper(config, actor, ownsDirectory);
  throw usage(`${named}: there is no user ${JSON.stringify(name)}`, suggestion(name, ids, 'users'));
}

/** As `crm`, the name under which sweeps are recorded, the owner of the directory and admins may act. */
async function asSweeper(config: Config, { self }: Actor, ownsDirectory: () => boolean): Promise<Viewer> {
  if (!ownsDirectory()) {
    const own = await viewerFor(config, await self!(), ownsDirectory);
    if (!isAdmin(own))
      throw failed(
        `${own.user} is ${own.role} and may not act as ${SWEEPER}`,
        'an admin may, and the owner of the directory',
      );
  }
  return viewerOf(config, SWEEPER);
}

function userCalled({ users }: Config, name: string) {
  const lower = name.toLowerCase();
  return (
    (Object.hasOwn(users, name) ? users[name] : undefined) ??
    Object.values(users).find(u => u.email?.toLowerCase() === lower || u.name.toLowerCase() === lower)
  );
}
