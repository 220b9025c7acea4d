/**
 * The lock makes writers take turns; that they cannot overwrite each other is the journal's doing. It is a file
 * made by link(2), held for the second decision and the append, never while somebody is asked or waited for.
 */
import { join } from 'node:path';
import { conflict } from '../domain/errors.ts';
import { putIfAbsent, removeQuietly, type Temporary } from './durable.ts';
import { codeOf, type Io, NotOurs, readIfThere } from './io.ts';
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

/** A lock that this process holds. */
export interface Lock {
  /** Gives it up; to be called whatever happened under it. */
  release(): void;
}

/** Takes `.crm/lock`; CONFLICT names the holder when it cannot be had in time. */
export async function takeLock(options: LockOptions): Promise<Lock> {
  const { io, dir, owner, temporary, timeout, random } = options;
  const path = join(dir, 'lock');
  const content = `${JSON.stringify(owner)}\n`;
  for (let waited = 0; ; ) {
    if (putIfAbsent(io, path, temporary, sink => sink.write(content), { sync: false }))
      return { release: () => release(io, path, content) };
    const held = heldLock(io, path, true);
    if (held && isNobodys(io, held, owner.host)) {
      clear(options, path, held.content);
      continue;
    }
    const holder = held?.owner;
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
}

/** Runs `work` while holding the lock: for what the store itself does in one piece. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(options);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** What was done under the lock stays done if the lock cannot be removed: the next writer sees that its owner is gone. */
function release(io: Io, path: string, content: string): void {
  try {
    if (readIfThere(io, path, LARGEST)?.toString() === content) removeQuietly(io, path);
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
}

/** What the lock's file says, and who that is, where it says it. */
export interface HeldLock {
  readonly content: string;
  readonly owner: Owner | undefined;
  /** Whether it is not even a whole line. */
  readonly isCut: boolean;
}

/** The most bytes that are read of a lock, which has some hundred. */
const LARGEST = 1 << 16;

/**
 * The lock as it is; undefined where nobody has it, or it cannot be read. A link, a FIFO or a device in its place would
 * never go away: INVALID where that is `required`.
 */
export function heldLock(io: Io, path: string, required = false): HeldLock | undefined {
  let content: string | undefined;
  try {
    content = readIfThere(io, path, LARGEST)?.toString();
  } catch (error) {
    if (required && error instanceof NotOurs)
      throw new NotOurs(
        path,
        `${error.reason}, and keeps everybody from writing`,
        'crm doctor --fix removes it',
      );
    return undefined;
  }
  if (content === undefined) return undefined;
  try {
    return { content, owner: ownerIn(JSON.parse(content)), isCut: false };
  } catch {
    return { content, owner: undefined, isCut: !content.endsWith('\n') };
  }
}

/** The owner that a lock names; undefined if the lock is not written by crm. */
function ownerIn(value: unknown): Owner | undefined {
  const { pid, start, boot, host } = (value ?? {}) as Partial<Record<keyof Owner, unknown>>;
  const isOwner =
    Number.isSafeInteger(pid) &&
    (pid as number) > 0 &&
    [start, boot, host].every(each => typeof each === 'string');
  return isOwner ? (value as Owner) : undefined;
}

/**
 * Whether nobody who lives has the lock. It gets its name when it is whole, but is not forced to the disk: what a power
 * cut left of it, nothing, zeros or a part of its line, is nobody's.
 */
export const isNobodys = (io: Io, { owner, isCut }: HeldLock, host: string): boolean =>
  owner ? isGone(io, owner, host) : isCut;

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
  if (heldLock(io, aside)?.content !== dead) {
    try {
      io.linkSync(aside, path);
    } catch {
      // A third has the lock by now; the one whose lock this was goes on without it, and the journal keeps it safe.
    }
  }
  removeQuietly(io, aside);
}
