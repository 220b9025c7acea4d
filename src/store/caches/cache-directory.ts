/**
 * The place of a workspace's caches: `$XDG_CACHE_HOME/crm/workspaces/ID`, or below `$HOME/.cache`. They are never in
 * the workspace, which may come from somebody else, because caches are trusted.
 *
 * ID is made of the directory's inode and its path without links. So a copy, a clone, a workspace that was moved and
 * another one in the same place have caches of their own. The device is not part of ID, because its number may change
 * when the machine restarts. If two workspaces still get the same ID (an inode is reused), neither uses the other's
 * caches: every cache names what it was made from, and holds for nothing else.
 */
import { dirname, isAbsolute, join, sep } from 'node:path';
import { checksum } from '../disk/checksum.ts';
import { removeQuietly, type Temporary } from '../disk/durable.ts';
import { codeOf, type Io, namesIn } from '../disk/io.ts';
import { readCache, writeCache } from './text-cache.ts';

export interface CacheSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The numeric id of the user whose rights the process has; undefined if the system has none. */
  readonly uid: number | undefined;
}

/** The note in each of these directories: the workspace to which the caches belong. */
const NOTE = 'workspace.json';

interface Note {
  readonly path: string;
  /** When the workspace's directory was made, ms, if the file system knows it. */
  readonly born?: number;
}

/** The names that crm gives to files there; nothing else is ever removed. */
const ofCrm =
  /^(?:[a-z]+\.cols|packs\.ids|(?:checkpoint|config|prompt|stages|standing|tail|verified|workspace)\.json|\.tmp-[\d-]+)$/;
const isId = (name: string) => /^[0-9a-z]+-[0-9a-z]+$/.test(name);
/** The permission bits of others, none of which may be set on a directory. */
const OTHERS = 0o077;
/** The time in ms for which a directory without a note is left alone, because another process may be making it. */
const YOUNG = 86_400_000;

export class CacheDirectory {
  readonly #io: Io;
  readonly #dir: string;
  readonly #surroundings: CacheSurroundings;
  #place: string | undefined;
  #isKnown = false;
  #isThere = false;

  /** Of the workspace in `dir`. */
  constructor(io: Io, dir: string, surroundings: CacheSurroundings) {
    this.#io = io;
    this.#dir = dir;
    this.#surroundings = surroundings;
  }

  /** Returns the directory, if it exists and nobody else could have written in it. */
  get path(): string | undefined {
    const place = this.#found();
    if (place !== undefined && !this.#isThere) this.#isThere = this.#isOurs(place);
    return this.#isThere ? place : undefined;
  }

  /** Returns the directory, and makes it if it is missing; undefined if there can be none. */
  make(temporary: Temporary): string | undefined {
    if (this.path !== undefined) return this.path;
    const place = this.#found();
    if (place === undefined) return undefined;
    try {
      if (!this.#mayMake()) return undefined;
      this.#io.mkdirSync(place, { recursive: true, mode: 0o700 });
      if (this.path === undefined) return undefined;
      const path = realPathOf(this.#io, this.#dir);
      writeCache(this.#io, place, NOTE, temporary, { path, born: this.#born() } satisfies NoteOf);
      this.#removeOrphans(dirname(place));
    } catch (error) {
      // Without caches everything still works.
      if (codeOf(error) === undefined) throw error;
    }
    return this.path;
  }

  /** Whether the workspace's directory is the one that the caches were made for, and not one that took its inode. */
  isOfThis(): boolean {
    const note = readCache<Note | null>(this.#io, this.path, NOTE)?.value;
    return note?.born === this.#born();
  }

  /** Removes all caches of this workspace, and those of workspaces that are no longer where they were. */
  clear(): void {
    const { path } = this;
    if (path === undefined) return;
    for (const name of namesIn(this.#io, path))
      if (name !== NOTE && ofCrm.test(name)) this.#unlink(join(path, name));
    this.#removeOrphans(dirname(path));
  }

  #born(): number | undefined {
    return this.#io.statSync(this.#dir).birthtimeMs;
  }

  #found(): string | undefined {
    if (this.#isKnown) return this.#place;
    this.#isKnown = true;
    const home = cacheHome(this.#surroundings);
    try {
      if (home !== undefined && !isInWorkspace(this.#io, home, this.#surroundings))
        this.#place = join(home, 'crm', 'workspaces', idOf(this.#io, realPathOf(this.#io, this.#dir)));
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
    return this.#place;
  }

  /** Whether the directory and the two above it are directories of this user, which nobody else can reach. */
  #isOurs(place: string): boolean {
    return [dirname(dirname(place)), dirname(place), place].every(path =>
      isPrivate(this.#io, path, this.#surroundings),
    );
  }

  /** A missing home directory is not made, and nothing is written to the home of another user. */
  #mayMake(): boolean {
    const { env, uid } = this.#surroundings;
    if (isUsable(env.XDG_CACHE_HOME)) return true;
    const stat = this.#io.statSync(env.HOME!);
    return stat.isDirectory() && (uid === undefined || stat.uid === uid);
  }

  /** Removes the caches in `all` of workspaces that were moved or removed: nobody would find them any more. */
  #removeOrphans(all: string): void {
    for (const id of namesIn(this.#io, all)) {
      const path = join(all, id);
      if (path === this.#place || !isId(id) || !isPrivate(this.#io, path, this.#surroundings)) continue;
      if (this.#isUsed(path, id)) continue;
      for (const name of namesIn(this.#io, path))
        if (ofCrm.test(name)) removeQuietly(this.#io, join(path, name));
      try {
        this.#io.rmdirSync(path);
      } catch (error) {
        // It contains something that crm did not write.
        if (codeOf(error) === undefined) throw error;
      }
    }
  }

  #isUsed(path: string, id: string): boolean {
    const note = readCache<Note | null>(this.#io, path, NOTE)?.value;
    try {
      if (typeof note?.path === 'string') return idOf(this.#io, note.path) === id;
      const { mtimeMs } = this.#io.statSync(path);
      return this.#io.statSync(this.#place!).mtimeMs - mtimeMs < YOUNG;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      return false;
    }
  }

  #unlink(path: string): void {
    try {
      this.#io.unlinkSync(path);
    } catch (error) {
      // Another process was faster; or it is a directory, which crm does not make there.
      if (codeOf(error) !== 'ENOENT' && !isDirectory(this.#io, path)) throw error;
    }
  }
}

type NoteOf = { readonly path: string; readonly born: number | undefined };

const isDirectory = (io: Io, path: string) => io.lstatSync(path).isDirectory();

/** The name of a workspace's directory of caches. */
function idOf(io: Io, path: string): string {
  return `${io.statSync(path).ino.toString(36)}-${checksum(Buffer.from(path)).toString(36)}`;
}

const isUsable = (path: string | undefined): path is string => path !== undefined && isAbsolute(path);

/** Returns the directory of this user's caches. A path that is not absolute would mean another directory each time. */
function cacheHome({ env }: CacheSurroundings): string | undefined {
  if (isUsable(env.XDG_CACHE_HOME)) return env.XDG_CACHE_HOME;
  return isUsable(env.HOME) ? join(env.HOME, '.cache') : undefined;
}

/**
 * Whether a path is below a directory with a crm.yaml. The home directory does not count: a user with a workspace there has
 * caches in it all the same.
 */
function isInWorkspace(io: Io, path: string, { env }: CacheSurroundings): boolean {
  const isHome = (each: string) => isUsable(env.HOME) && each === realPath(io, env.HOME);
  for (let each = realPath(io, path); ; each = dirname(each)) {
    if (io.existsSync(`${each === sep ? '' : each}${sep}crm.yaml`) && !isHome(each)) return true;
    if (each === dirname(each)) return false;
  }
}

/** One system call if possible: Node's other implementation looks at each directory on the way. */
function realPathOf(io: Io, path: string): string {
  const { native } = io.realpathSync;
  return native ? native(path) : io.realpathSync(path);
}

/** Without links, as far as it is there. */
function realPath(io: Io, path: string): string {
  try {
    return realPathOf(io, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    return join(realPath(io, dirname(path)), path.slice(dirname(path).length));
  }
}

/** Whether a path is a directory, not a link to one, that belongs to this user alone. */
function isPrivate(io: Io, path: string, { uid }: CacheSurroundings): boolean {
  try {
    const stat = io.lstatSync(path);
    return stat.isDirectory() && (uid === undefined || (stat.uid === uid && (stat.mode & OTHERS) === 0));
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false;
  }
}

/**
 * Removes the caches that earlier versions kept in the workspace, which nobody reads. Nothing is followed, and nothing
 * is removed but what such a version may have written there.
 */
export function removeOldCaches(io: Io, hidden: string, { uid }: CacheSurroundings): void {
  const isOwn = (path: string) => {
    const stat = io.lstatSync(path);
    return stat.isDirectory() && (uid === undefined || stat.uid === uid);
  };
  const path = join(hidden, 'cache');
  try {
    if (!isOwn(hidden) || !isOwn(path)) return;
    for (const name of namesIn(io, path)) if (ofCrm.test(name)) removeQuietly(io, join(path, name));
    io.rmdirSync(path);
  } catch (error) {
    // It is not there, or has something else in it.
    if (codeOf(error) === undefined) throw error;
  }
}
