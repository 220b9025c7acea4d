/** The directory of crm's state on this machine. */
import { isAbsolute, join } from 'node:path';
import type { Io } from '../disk/io.ts';

/**
 * Returns the directory of the state of this machine (XDG Base Directory Specification). Undefined if XDG_STATE_HOME is
 * not absolute and the home directory does not exist. A missing home is not made: a service account may name one that
 * was never there.
 */
export function stateDirectory(
  io: Pick<Io, 'existsSync'>,
  { XDG_STATE_HOME: state = '', HOME: home = '' }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (isAbsolute(state)) return join(state, 'crm');
  return isAbsolute(home) && io.existsSync(home) ? join(home, '.local', 'state', 'crm') : undefined;
}
