/**
 * A file system that notices when crm reaches outside a workspace, or would hang: instead of hanging, the call throws,
 * and the command ends as a bug.
 */
import { constants, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Io } from '../../src/store/disk/io.ts';
import { unsyncedIo } from '../store/hooked-io.ts';

const SAFE = constants.O_NOFOLLOW | constants.O_NONBLOCK;

const isInside = (dir: string, path: string) => !/^\.\.(\/|$)/.test(relative(dir, path));

/** What a name leads to, or nothing where it leads nowhere. */
function leadsTo(path: string) {
  try {
    return { link: lstatSync(path).isSymbolicLink(), stat: statSync(path) };
  } catch {
    return undefined;
  }
}

/** `roots` are the directories in which something may be changed; `said` gets what was noticed. */
export function watchedIo(roots: readonly string[], said: string[]): Io {
  const real = roots.map(root => realpathSync(root));
  const notice = (what: string): never => {
    said.push(what);
    throw new Error(what);
  };
  const change = (call: string, path: unknown) => {
    let dir = dirname(String(path));
    for (;;)
      try {
        dir = realpathSync(dir);
        break;
      } catch {
        dir = dirname(dir);
      }
    if (!real.some(root => isInside(root, dir))) notice(`${call} outside: ${String(path)}`);
  };
  const read = (path: unknown, flags: unknown) => {
    if (String(path).startsWith('/proc/')) return;
    if (typeof flags === 'number' && (flags & SAFE) === SAFE) return;
    const there = leadsTo(String(path));
    if (there?.link) notice(`follows a link: ${String(path)}`);
    if (there && !there.stat.isFile() && !there.stat.isDirectory()) notice(`would hang: ${String(path)}`);
  };
  return {
    ...unsyncedIo,
    openSync(path, flags, mode) {
      if (flags === 'wx') change('makes', path);
      else read(path, flags);
      return unsyncedIo.openSync(path, flags, mode);
    },
    readFileSync: ((path: string | number) => {
      if (typeof path === 'string') read(path, 'r');
      return unsyncedIo.readFileSync(path);
    }) as Io['readFileSync'],
    readdirSync: ((path: string) => {
      if (leadsTo(path)?.link) notice(`lists through a link: ${path}`);
      return unsyncedIo.readdirSync(path);
    }) as Io['readdirSync'],
    renameSync(from, to) {
      change('moves', from);
      change('replaces', to);
      unsyncedIo.renameSync(from, to);
    },
    linkSync(from, to) {
      change('links', to);
      unsyncedIo.linkSync(from, to);
    },
    unlinkSync(path) {
      change('removes', path);
      unsyncedIo.unlinkSync(path);
    },
    rmdirSync(path) {
      change('removes', path);
      unsyncedIo.rmdirSync(path);
    },
  };
}
