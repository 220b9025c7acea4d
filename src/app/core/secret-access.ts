/** Reading secrets as the settings of a workspace say where they are kept. */
import { isAbsolute, join, relative } from 'node:path';
import type { SecretAccess } from '../../channels/secret.ts';
import { failed } from '../../domain/errors.ts';
import { readPrivate } from '../../store/private-file.ts';
import type { Workspace } from './workspace.ts';

/** Returns what `readSecret` needs for a workspace: its directory, where commands run, and private files outside of it. */
export const secretAccess = ({ world, store }: Workspace): SecretAccess => ({
  env: world.env,
  cwd: store.dir,
  readPrivate: path => readPrivateOf({ world, store }, path),
});

/** Reads a private file; FAILED if it lies in the workspace, which is copied and shared. */
export function readPrivateOf({ world, store }: Pick<Workspace, 'world' | 'store'>, path: string): Buffer {
  const { io, env, uid } = world;
  if (path.startsWith('~/') && !isAbsolute(env.HOME ?? ''))
    throw failed(`${path}: there is no home directory`, 'set HOME, or name the file by its whole path');
  const whole = path.startsWith('~/') ? join(env.HOME!, path.slice(2)) : path;
  const within = relative(String(io.realpathSync(store.dir)), whole);
  if (!within.startsWith('..') && !isAbsolute(within))
    throw failed(`${path} lies in the workspace, which is copied and shared`, 'keep secrets elsewhere');
  return readPrivate(io, whole, uid);
}
