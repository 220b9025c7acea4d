/** The programs in `hooks/` of a workspace: which ones exist, and the item that a person must trust before one runs. */
import { join } from 'node:path';
import { codeOf, type Io } from '../../store/disk/io.ts';
import type { TrustItem } from '../core/trust-item.ts';

/** The names of hooks. The directory may have other files, which hooks call. */
export const hookNames = ['pre-commit', 'post-commit'] as const;
export type HookName = (typeof hookNames)[number];

const purposes: Readonly<Record<HookName, string>> = {
  'pre-commit': 'asked before each change, and may refuse it',
  'post-commit': 'told after each change',
};

/** Returns what a hook is for, in words that follow its name. */
export const purposeOf = (name: HookName): string => purposes[name];

/** Returns the path of a hook in its workspace. */
export const hookPath = (name: HookName): string => `hooks/${name}`;

/**
 * Returns the hooks that a workspace has, whatever they are: a directory or a link that leads nowhere cannot run, and
 * is told of as any other that does not, because it is there to be asked.
 */
export function hooksIn(io: Io, dir: string): readonly HookName[] {
  if (!io.existsSync(join(dir, 'hooks'))) return [];
  return hookNames.filter(name => isThere(io, join(dir, hookPath(name))));
}

function isThere(io: Io, path: string): boolean {
  try {
    io.lstatSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false;
  }
}

/** Returns the item that a person must trust before a hook runs. The trust holds for the bytes of the file (`argv`). */
export const commitHookItem = (name: HookName): TrustItem => ({
  kind: 'commit hook',
  what: `${hookPath(name)}: ${purposeOf(name)}`,
  exactly: { hook: name },
  argv: [hookPath(name)],
});
