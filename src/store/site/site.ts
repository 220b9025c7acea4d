/** The place of a store, and the process that uses it: each step of the store gets it. */
import type { Kinds } from '../../domain/kinds.ts';
import { join } from 'node:path';
import { CrmError } from '../../domain/errors.ts';
import { reasonOf } from '../../domain/system-errors.ts';
import { CacheDirectory, type CacheSurroundings } from '../caches/cache-directory.ts';
import type { Temporary } from '../disk/durable.ts';
import type { Sees } from '../journal/journal-directory.ts';
import { codeOf, type Io } from '../disk/io.ts';
import { temporaryOf } from './leftovers.ts';
import { type Owner, thisOwner } from '../disk/owner.ts';

export interface StoreOptions extends CacheSurroundings {
  /** The kinds of record that the program knows. */
  readonly kinds: Kinds;
  readonly io: Io;
  readonly dir: string;
  /** The version of crm: part of every cache key, because results of another version are not trusted. */
  readonly version: string;
  readonly pid: number;
  readonly host: string;
  /** Milliseconds to wait for the lock. */
  readonly lockTimeout: number;
  readonly random: () => number;
  /** 128 random bits, base64url. */
  readonly salt: () => string;
  /** Whether to write even on a network file system. */
  readonly allowNetworkFs?: boolean;
  /** The number of records from which the head of a snapshot has what they share; left out: as `writeKind` has it. */
  readonly sharesFrom?: number;
  /** The transactions that are seen; left out: all. */
  readonly sees?: Exclude<Sees, 'all'>;
  /** Tells whether a program that reaches a remote may ask the user on the terminal. */
  readonly mayAsk?: () => boolean;
  /** Called with what the user should know, though the command goes on. */
  readonly warn: (message: string) => void;
}

export class Site {
  readonly io: Io;
  readonly options: StoreOptions;
  readonly dir: string;
  /** The directory of the journal and the snapshots. */
  readonly data: string;
  /** The directory of the lock and of the files that a commit still has to write: `.crm`. */
  readonly hidden: string;
  readonly caches: CacheDirectory;
  /** Names of files that are not done yet, which no other process uses. */
  readonly temporary: Temporary;
  #owner: Owner | undefined;

  constructor(options: StoreOptions) {
    const { io, dir, random } = options;
    this.options = options;
    this.io = io;
    this.dir = dir;
    this.data = join(dir, 'data');
    this.hidden = join(dir, '.crm');
    this.caches = new CacheDirectory(io, dir, options);
    let names: Temporary | undefined;
    this.temporary = { name: () => (names ??= temporaryOf(this.owner, random)).name() };
  }

  /** This process. Only writers need to know it, and asking the system takes time. */
  get owner(): Owner {
    const { pid, host } = this.options;
    return (this.#owner ??= thisOwner(this.io, pid, host));
  }
}

/** Errors of the disk as a whole: retrying with another file would not help. */
const ofTheDisk = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM']);

/**
 * Returns the error to throw when a write failed: FAILED with a sentence for a disk that is full or read-only, which says
 * that nothing was saved; any other error as it is.
 */
export function explained(dir: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !ofTheDisk.has(code)) return error;
  return new CrmError(
    'FAILED',
    `${dir} cannot be written: ${reasonOf(code)}; nothing of this command was saved`,
    'reading works as ever; once that is mended, run the command again',
    error,
  );
}
