/**
 * The lock makes writers take turns; the journal ensures that they cannot overwrite each other. It is a file made by
 * link(2), held for the second decision and the append, and never during a prompt or a wait.
 */
import { join } from 'node:path';
import { conflict } from '../../domain/errors.ts';
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
  /** Releases it; must always be called, whatever happened under the lock. */
  release(): void;
}

/** Takes `.crm/lock`; throws CONFLICT, with the holder, after the timeout. */
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

/** Runs `work` while holding the lock, for work of the store itself. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(options);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** A lock that cannot be removed does not undo the work: the next writer sees that its owner is gone. */
function release(io: Io, path: string, content: string): void {
  try {
    if (readIfThere(io, path, LARGEST)?.toString() === content) removeQuietly(io, path);
  } catch (error) {
    if (codeOf(error) === undefined && !(error instanceof NotOurs)) throw error;
  }
}

/** The text of the lock's file, and the owner, if the text names one. */
export interface HeldLock {
  readonly content: string;
  readonly owner: Owner | undefined;
  /** Whether it is not even a whole line. */
  readonly isCut: boolean;
}

/** The most bytes that are read of a lock, which has some hundred. */
const LARGEST = 1 << 16;

/**
 * Returns the present lock; undefined if nobody has it, or it cannot be read. A link, a FIFO or a device in its place
 * would never go away: INVALID if `required` is set.
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
 * Whether no living process has the lock. The lock gets its name when it is whole, but is not synced: an empty file,
 * zeros or a part of its line after a power cut belong to nobody.
 */
export const isNobodys = (io: Io, { owner, isCut }: HeldLock, host: string): boolean =>
  owner ? isGone(io, owner, host) : isCut;

/**
 * Removes the lock of a process that is gone. Two processes may try at the same time: the rename gives the file to
 * one of them, which checks whether it is still the stale lock, and puts it back if it is not.
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
      // A third process has the lock by now; the owner of this one goes on without it, and the journal keeps both
      // safe.
    }
  }
  removeQuietly(io, aside);
}
