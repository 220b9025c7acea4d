/**
 * Which files were found to be as their checksum says. One that was need not be read for it again while its size, its
 * times and its inode stay: `.crm/cache/verified.json` has these by name.
 */
import type { Stats } from 'node:fs';
import { type Io, readIfThere } from './io.ts';

/**
 * A file that changes twice within so many ms may have the same times after both, so one that is hardly older than
 * what is known of it is verified again (git calls such an entry racily clean).
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

/** What a cache file in JSON says and when it was written, ms; nothing where it is missing or cannot be read. */
export function readCache<T>(io: Io, path: string): { value: T; writtenAt: number } | undefined {
  try {
    const bytes = readIfThere(io, path);
    if (bytes) return { value: JSON.parse(bytes.toString()) as T, writtenAt: io.statSync(path).mtimeMs };
  } catch {
    // It is made again.
  }
  return undefined;
}

/** Of which kinds there were snapshots when it was written down, whatever became of them. */
export const knownKinds = (io: Io, path: string): string[] => Object.keys(Verified.read(io, path).known);

export class Verified {
  readonly #known: Map<string, string>;
  readonly #writtenAt: number;
  #isNew = false;

  private constructor(known: Readonly<Record<string, string>>, writtenAt: number) {
    this.#known = new Map(Object.entries(known));
    this.#writtenAt = writtenAt;
  }

  static read(io: Io, path: string): Verified {
    const { value, writtenAt } = readCache<Record<string, string>>(io, path) ?? { value: {}, writtenAt: 0 };
    return new Verified(value ?? {}, writtenAt);
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

  /** What to write down; undefined where that is there already. */
  news(): string | undefined {
    return this.#isNew ? JSON.stringify(this.known) : undefined;
  }
}
