/** Finds what killed processes left: private temporary files, the lock, files still to be written. */
import { join } from 'node:path';
import type { Temporary } from '../disk/durable.ts';
import type { Finding } from './finding.ts';
import { codeOf, ifThere, type Io, isThere, namesIn, whyUnread } from '../disk/io.ts';
import { heldLock, isNobodys } from '../disk/lock.ts';
import { isGone, type Owner } from '../disk/owner.ts';
import type { PendingFiles } from '../journal/pending.ts';
import { userFolders } from './workspace.ts';

/** Names that contain their process, so that others can tell whether it still lives. */
export function temporaryOf({ pid, start }: Owner, random: () => number): Temporary {
  let count = 0;
  return { name: () => `.tmp-${pid}-${start || 0}-${++count}-${Math.floor(random() * 1e9)}` };
}

/** Temporary files of processes that are gone, from the workspace's directory. */
export function deadTemporaries(io: Io, dir: string, us: Owner): string[] {
  const folders = [join('data', 'journal'), 'data', '.crm', '', ...userFolders];
  return folders.flatMap(folder =>
    deadTemporariesIn(io, join(dir, folder), us).map(name => join(folder, name)),
  );
}

/** The names of those in one directory. */
export function deadTemporariesIn(io: Io, dir: string, us: Owner): string[] {
  const found: string[] = [];
  for (const name of namesIn(io, dir)) {
    const match = /^\.tmp-(\d+)-(\d+)-/.exec(name);
    if (!match) continue;
    const maker = { ...us, pid: Number(match[1]), start: match[2] === '0' ? '' : match[2]! };
    // A temporary file that shares its inode with another name means that this name was perhaps never acknowledged.
    if (isGone(io, maker, us.host) && !isShared(io, join(dir, name))) found.push(name);
  }
  return found;
}

function isShared(io: Io, path: string): boolean {
  try {
    return io.lstatSync(path).nlink > 1;
  } catch {
    return false;
  }
}

/** All leftovers of a workspace, as `us` sees them. */
export function findLeftovers(io: Io, dir: string, us: Owner, pending: PendingFiles): Finding[] {
  try {
    const hidden = ifThere(() => io.lstatSync(join(dir, '.crm')));
    if (hidden && !hidden.isDirectory()) return [notHidden(hidden.isSymbolicLink())];
    return [...temporaries(io, dir, us), ...lock(io, dir, us), ...unfinished(pending)];
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return [{ severity: 'warning', file: '.crm', message: `cannot be read: ${(error as Error).message}` }];
  }
}

const notHidden = (isLink: boolean): Finding => ({
  severity: 'warning',
  file: '.crm',
  message: `is a ${isLink ? 'link' : 'file'} where crm has a directory, for its lock: nobody can write`,
  fix: 'move it elsewhere',
});

const temporaries = (io: Io, dir: string, us: Owner): Finding[] =>
  deadTemporaries(io, dir, us).map(file => ({
    severity: 'note',
    file,
    message: 'is a temporary file of a process that was killed',
    fix: 'crm doctor --fix removes it, and so does the next checkpoint',
    repair: 'remove',
  }));

const whose = ({ pid, host }: Owner) => `process ${pid} on ${host}`;

function lock(io: Io, dir: string, us: Owner): Finding[] {
  const file = join('.crm', 'lock');
  const path = join(dir, file);
  const held = heldLock(io, path);
  const holder = held?.owner;
  if (held && isNobodys(io, held, us.host))
    return [
      {
        severity: 'note',
        file,
        message: holder ? `was left by ${whose(holder)}, which is gone` : 'is what a power cut left of one',
        fix: 'crm doctor --fix removes it, and so does the next change',
        repair: 'remove',
      },
    ];
  if (typeof holder?.pid !== 'number')
    return isThere(io, path)
      ? [
          {
            severity: 'warning',
            file,
            message: 'is not a lock that crm made, and keeps everybody from writing',
            fix: 'crm doctor --fix removes it',
            repair: 'remove',
          },
        ]
      : [];
  if (holder.pid === us.pid && holder.start === us.start && holder.host === us.host) return [];
  return [{ severity: 'note', file, message: `${whose(holder)} is writing` }];
}

function unfinished(pending: PendingFiles): Finding[] {
  if (!pending.exist()) return [];
  const file = join('.crm', 'pending');
  let paths: string[];
  try {
    paths = pending.paths();
  } catch (error) {
    const message = `${whyUnread(error)}, and keeps everybody from writing`;
    return [{ severity: 'warning', file, message, fix: 'crm doctor --fix removes it', repair: 'remove' }];
  }
  return [
    {
      severity: 'note',
      file,
      message: `a command was killed after its commit, and before it had written ${paths.join(', ') || 'a file'}`,
      fix: 'crm doctor --fix writes it, and so does the next change',
      repair: 'finish',
    },
  ];
}
