/**
 * Remembers which files matched their checksums. A file need not be read again for this while its size, times and
 * inode stay the same: `verified.json` among the caches has these by name.
 */
import type { Stats } from 'node:fs';
import { ifThere, type Io } from '../disk/io.ts';
import { readCache } from './text-cache.ts';

/**
 * A file that changes twice within this time, in ms, may have the same times after both changes. So a file that is
 * hardly older than its entry is verified again (git calls such an entry racily clean).
 */
const CLOCK_TICK = 20;

export const VERIFIED_FILE = 'verified.json';

/** A file as its directory entry says it; changes when the file does. */
export interface Signature {
  readonly text: string;
  /** ms, by the clock of the file system. */
  readonly changedAt: number;
}

export const signatureOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): Signature => ({
  text: `${size} ${mtimeMs} ${ctimeMs} ${ino}`,
  changedAt: ctimeMs,
});

/** Whether a file is the one that had the signature `known` when that was written down at `writtenAt`. */
const isSame = (signature: Signature, known: string | undefined, writtenAt: number): boolean =>
  signature.text === known && signature.changedAt < writtenAt - CLOCK_TICK;

/** Returns the kinds that had snapshots when the entries were written, whatever became of them. */
export const knownKinds = (io: Io, cache: string | undefined): string[] =>
  Object.keys(Verified.read(io, cache).known);

export class Verified {
  readonly #known: Map<string, string>;
  readonly #writtenAt: number;
  #isNew = false;

  private constructor(known: Readonly<Record<string, string>>, writtenAt: number) {
    this.#known = new Map(Object.entries(known));
    this.#writtenAt = writtenAt;
  }

  static read(io: Io, cache: string | undefined): Verified {
    const read = readCache<Record<string, string> | null>(io, cache, VERIFIED_FILE);
    if (typeof read?.value !== 'object' || read.value === null) return new Verified({}, 0);
    return new Verified(read.value, ifThere(() => io.statSync(read.path).mtimeMs) ?? 0);
  }

  /** Whether the file is as it should be: known, or else found so by `check`. */
  holds(name: string, signature: Signature, check: () => boolean): boolean {
    if (isSame(signature, this.#known.get(name), this.#writtenAt)) return true;
    if (!check()) return false;
    this.#known.set(name, signature.text);
    this.#isNew = true;
    return true;
  }

  get known(): { readonly [name: string]: string } {
    return Object.fromEntries(this.#known);
  }

  /** Returns the entries to write; undefined if they are written already. */
  news(): Verified['known'] | undefined {
    return this.#isNew ? this.known : undefined;
  }
}
