/** Gives access to the secrets that the settings of a workspace name. */
import { isAbsolute, join, relative } from 'node:path';
import type { SecretAccess } from '../../channels/secret.ts';
import { failed } from '../../domain/errors.ts';
import { readPrivate, writePrivate } from '../../store/machine/private-file.ts';
import type { Workspace } from './workspace.ts';

/** Returns what `readSecret` needs for a workspace: its directory, where commands run, and private files outside of it. */
export const secretAccess = ({ world, store }: Workspace): SecretAccess => ({
  env: world.env,
  cwd: store.dir,
  readPrivate: path => readPrivateOf({ world, store }, path),
});

/**
 * Keeps a password in a private file of the user's settings directory, and returns the file's path, with `~` for the home
 * directory. FAILED if there is no home directory.
 */
export function keepPassword({ world }: Workspace, name: string, password: string): string {
  const { XDG_CONFIG_HOME: settings = '', HOME: home = '' } = world.env;
  if (!isAbsolute(settings) && !isAbsolute(home))
    throw failed(
      'the password cannot be kept: HOME names no directory',
      'set HOME, or use --password-command',
    );
  const dir = isAbsolute(settings) ? join(settings, 'crm') : join(home, '.config', 'crm');
  const path = join(dir, name);
  writePrivate(world, path, `${password}\n`);
  return path.startsWith(join(home, '/')) && home !== '' ? `~/${relative(home, path)}` : path;
}

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
