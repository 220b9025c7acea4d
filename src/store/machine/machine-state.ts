/**
 * The state of crm on this machine, outside of workspaces: small JSON files in `$XDG_STATE_HOME/crm`, which only the
 * user can read or write. lowdb holds a file in memory; this adapter writes it to the disk: whole, synced, under a
 * lock.
 */
import { join } from 'node:path';
import { LowSync, type SyncAdapter } from 'lowdb';
import { CrmError, failed, invalid } from '../../domain/errors.ts';
import { makeDirectory, replaceFile, type Temporary } from '../disk/durable.ts';
import { ifThere, type Io, readIfThere } from '../disk/io.ts';
import { temporaryOf } from '../site/leftovers.ts';
import { type Lock, takeLock, withLock } from '../disk/lock.ts';
import { type Owner, thisOwner } from '../disk/owner.ts';
import { stateDirectory } from './state-directory.ts';

/** The most bytes that are read of such a file. */
const LARGEST = 16 << 20;
/** Permissions with which nobody else can read or change the files. */
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;
const WRITABLE_BY_OTHERS = 0o022;

/** Where and who this is. */
export interface Machine {
  readonly io: Io;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  readonly pid: number;
  readonly host: string;
  /** Milliseconds to wait for another process that writes the same. */
  readonly lockTimeout: number;
  readonly random: () => number;
}

/** One file of the state, as lowdb reads and writes it. */
class DurableFile<T> implements SyncAdapter<T> {
  readonly #io: Io;
  readonly #path: string;
  readonly #temporary: Temporary;

  constructor(io: Io, path: string, temporary: Temporary) {
    this.#io = io;
    this.#path = path;
    this.#temporary = temporary;
  }

  read(): T | null {
    const text = readIfThere(this.#io, this.#path, LARGEST)?.toString();
    if (text === undefined) return null;
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
    } catch {
      // Said below.
    }
    throw invalid(
      `${this.#path}: is not a JSON object`,
      'move it elsewhere; what it knew has to be said again',
    );
  }

  write(data: T): void {
    replaceFile(
      this.#io,
      this.#path,
      this.#temporary,
      sink => sink.write(`${JSON.stringify(data, null, 2)}\n`),
      {
        mode: PRIVATE_FILE,
      },
    );
  }
}

export class MachineState<T extends object> {
  readonly #machine: Machine;
  readonly #dir: string;
  readonly #name: string;
  readonly #initial: T;

  /** `name` is the file's name without `.json`; `initial` is its content before it exists. */
  constructor(machine: Machine, name: string, initial: T) {
    const dir = stateDirectory(machine.io, machine.env);
    if (dir === undefined)
      throw failed(
        'there is no place for what crm knows on this machine',
        'set HOME to a directory that is there, or XDG_STATE_HOME to an absolute path',
      );
    this.#machine = machine;
    this.#dir = dir;
    this.#name = name;
    this.#initial = initial;
  }

  /** Returns the present content of the file. */
  read(): T {
    return this.#opened(temporaryOf(this.#owner(), this.#machine.random)).data;
  }

  /** Changes the content of the file; durable when it resolves. CONFLICT if another process holds it too long. */
  async update(change: (data: T) => void): Promise<void> {
    const { io, lockTimeout: timeout, random } = this.#machine;
    const owner = this.#owner();
    const temporary = temporaryOf(owner, random);
    makeDirectory(io, this.#dir, PRIVATE_DIRECTORY);
    this.#requirePrivate();
    await withLock({ io, dir: this.#dir, owner, temporary, timeout, random }, async () => {
      // Read again under the lock: another process may have written since.
      this.#opened(temporary).update(change);
    });
  }

  /**
   * Takes a lock among the processes of this machine, which may be held for any time. Undefined if another process
   * has it; does not wait.
   */
  async hold(name: string): Promise<Lock | undefined> {
    const { io, random } = this.#machine;
    const owner = this.#owner();
    const dir = join(this.#dir, name);
    makeDirectory(io, dir, PRIVATE_DIRECTORY);
    this.#requirePrivate();
    try {
      return await takeLock({ io, dir, owner, temporary: temporaryOf(owner, random), timeout: 0, random });
    } catch (error) {
      if (error instanceof CrmError && error.kind === 'CONFLICT') return undefined;
      throw error;
    }
  }

  #owner(): Owner {
    const { io, pid, host } = this.#machine;
    return thisOwner(io, pid, host);
  }

  #opened(temporary: Temporary): LowSync<T> {
    this.#requirePrivate();
    const file = new DurableFile<T>(this.#machine.io, join(this.#dir, `${this.#name}.json`), temporary);
    const low = new LowSync<T>(file, structuredClone(this.#initial));
    low.read();
    return low;
  }

  /** Throws FAILED if somebody else could write files that crm trusts. */
  #requirePrivate(): void {
    const { io, uid } = this.#machine;
    const stat = ifThere(() => io.lstatSync(this.#dir));
    if (!stat || uid === undefined) return;
    if (stat.isDirectory() && stat.uid === uid && (stat.mode & WRITABLE_BY_OTHERS) === 0) return;
    throw failed(
      `${this.#dir} is not a directory that only you can write`,
      `chmod 700 ${this.#dir}; or set XDG_STATE_HOME`,
    );
  }
}
