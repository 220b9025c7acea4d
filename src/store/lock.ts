/**
 * The lock makes writers take turns; that they cannot overwrite each other is the journal's doing. It is a file
 * made by link(2), held for the second decision and the append, never while somebody is asked or waited for.
 */
import { join } from 'node:path';
import { conflict } from '../domain/errors.ts';
import { putIfAbsent, removeQuietly, type Temporary } from './durable.ts';
import { codeOf, type Io, readIfThere } from './io.ts';
import { isGone, type Owner } from './owner.ts';

export interface LockOptions {
  readonly io: Io;
  readonly dir: string;
  readonly owner: Owner;
  readonly temporary: Temporary;
  /** Milliseconds to wait before giving up. */
  readonly timeout: number;
  readonly random: () => number;
}

/** Runs `work` while holding `.crm/lock`; CONFLICT names the holder when it cannot be had in time. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const { io, dir, owner, temporary, timeout, random } = options;
  const path = join(dir, 'lock');
  const content = `${JSON.stringify(owner)}\n`;
  for (let waited = 0; ; ) {
    if (putIfAbsent(io, path, temporary, sink => sink.write(content), { sync: false })) break;
    const held = contentOf(io, path);
    const holder = held === undefined ? undefined : ownerIn(held);
    if (held !== undefined && (holder ? isGone(io, holder, owner.host) : isCutOff(held))) {
      clear(options, path, held);
      continue;
    }
    if (waited >= timeout)
      throw conflict(
        holder
          ? `the workspace is locked by process ${holder.pid} on ${holder.host}`
          : `the workspace is locked (${path} cannot be read)`,
        'nothing was saved; try again, or wait longer with --lock-timeout SECONDS',
      );
    const pause = 5 + random() * Math.min(100, 10 + waited / 4);
    await new Promise(resolve => setTimeout(resolve, pause));
    waited += pause;
  }
  try {
    return await work();
  } finally {
    release(io, path, content);
  }
}

/** What `work` did is done, also where the lock cannot be taken away: the next one sees that its owner is gone. */
function release(io: Io, path: string, content: string): void {
  try {
    if (readIfThere(io, path)?.toString() === content) removeQuietly(io, path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

/** Who has the lock; undefined where nobody has, or where it cannot be read. */
export function holderOf(io: Io, path: string): Owner | undefined {
  const held = contentOf(io, path);
  return held === undefined ? undefined : ownerIn(held);
}

/** What the lock's file says; undefined where there is none, or it cannot be read. */
function contentOf(io: Io, path: string): string | undefined {
  try {
    return readIfThere(io, path)?.toString();
  } catch {
    return undefined;
  }
}

function ownerIn(content: string): Owner | undefined {
  try {
    return JSON.parse(content) as Owner;
  } catch {
    return undefined;
  }
}

/**
 * A lock gets its name when it is whole, but is not forced to the disk, since nobody who lives has one of before a
 * power cut: what such a cut left of it, nothing, zeros or a part, is nobody's.
 */
const isCutOff = (content: string): boolean => !content.endsWith('\n');

/**
 * Takes away the lock of a process that is gone. Two may see it at once: the rename gives it to one of them, who
 * looks whether it is still the dead one's, and puts it back where it is not.
 */
function clear({ io, dir, temporary }: LockOptions, path: string, dead: string): void {
  const aside = join(dir, temporary.name());
  try {
    io.renameSync(path, aside);
  } catch {
    return;
  }
  if (contentOf(io, aside) !== dead) {
    try {
      io.linkSync(aside, path);
    } catch {
      // A third has the lock by now; the one whose lock this was goes on without it, and the journal keeps it safe.
    }
  }
  removeQuietly(io, aside);
}
