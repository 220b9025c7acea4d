import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { CrmError } from '../../domain/errors.ts';
import { reasonOf } from '../../domain/system-errors.ts';

/**
 * The system calls that the store makes. Tests put a shim here that fails, stalls or forgets, so nothing in this
 * folder calls node:fs any other way. They are imported by name, because the build copies a module that is imported whole
 * when the program starts, which takes half a millisecond for node:fs.
 */
export const nodeIo = {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  statfsSync,
  unlinkSync,
  writeSync,
};

export type Io = typeof nodeIo;

/**
 * The same calls, and `close`, which closes all files that are still open: a snapshot stays open as long as its
 * records may be asked for, and a process that runs many commands must not run out of descriptors.
 */
export function closingIo(io: Io): { readonly io: Io; close(): void } {
  const open = new Set<number>();
  const tracking: Pick<Io, 'openSync' | 'closeSync'> = {
    openSync(...args) {
      const fd = io.openSync(...args);
      open.add(fd);
      return fd;
    },
    closeSync(fd) {
      open.delete(fd);
      io.closeSync(fd);
    },
  };
  return {
    io: Object.assign(Object.create(io) as Io, tracking),
    close() {
      for (const fd of open)
        try {
          io.closeSync(fd);
        } catch (error) {
          if (codeOf(error) === undefined) throw error;
        }
      open.clear();
    },
  };
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/**
 * Something else than the expected file or directory has its name in a workspace, and crm does not touch it: exit 5.
 */
export class NotOurs extends CrmError {
  /** Says what it is, in words that follow the path. */
  readonly reason: string;

  constructor(path: string, reason: string, hint: string) {
    super('INVALID', `${path}: ${reason}`, hint);
    this.reason = reason;
  }

  get isLink(): boolean {
    return this.hint === NO_LINKS;
  }
}

const NO_LINKS = 'crm does not follow links in a workspace; put what it points to in its place, or remove it';
const PLAIN = 'crm reads only regular files in a workspace; move it elsewhere';

/** The system's codes for a path whose last name is a link: Linux and macOS, and BSD. */
const isLinkCode = (code: string | undefined) => code === 'ELOOP' || code === 'EMLINK';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
/** A link is not followed, a FIFO does not wait for a writer, and a terminal does not become ours. */
const READ_ONLY = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/**
 * Opens a file of a workspace for reading, and returns its descriptor. A workspace may come from somebody else, so
 * this is the only way: INVALID for a link, a directory, a device, a FIFO, a socket, and for more than `limit` bytes.
 * Throws the system's error if there is no such file.
 */
export function openRegular(io: Io, path: string, limit = MOST_BYTES): number {
  let fd: number;
  try {
    fd = io.openSync(path, READ_ONLY);
  } catch (error) {
    if (isLinkCode(codeOf(error))) throw new NotOurs(path, 'is a link, and not a file', NO_LINKS);
    if (codeOf(error) === 'ENXIO') throw new NotOurs(path, 'is a socket, and not a file', PLAIN);
    throw error;
  }
  try {
    const stat = io.fstatSync(fd);
    if (!stat.isFile())
      throw new NotOurs(
        path,
        `is a ${stat.isDirectory() ? 'directory' : 'device or FIFO'}, and not a file`,
        PLAIN,
      );
    if (stat.size > limit)
      throw new NotOurs(
        path,
        `has ${grouped(stat.size)} bytes, and may have at most ${grouped(limit)}`,
        'make it smaller, or move it elsewhere',
      );
    return fd;
  } catch (error) {
    io.closeSync(fd);
    throw error;
  }
}

/** The most bytes that Node reads at once. */
const MOST_BYTES = 2 ** 31 - 1;

/** 1048576 is 1,048,576. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** Returns the bytes of a file of a workspace, opened with `openRegular`. */
export function readWhole(io: Io, path: string, limit?: number): Buffer {
  const fd = openRegular(io, path, limit);
  try {
    return io.readFileSync(fd) as Buffer;
  } finally {
    io.closeSync(fd);
  }
}

/** Returns the bytes of a file, or undefined if there is no such file. */
export const readIfThere = (io: Io, path: string, limit?: number): Buffer | undefined =>
  ifThere(() => readWhole(io, path, limit));

/** Returns the same object for all Ios that read the system's files by the same call, to keep by it what these say. */
export const systemOf = (io: Io): object => io.readFileSync;

/** The bytes of a file of the system's own, such as one of /proc; undefined if there is none. */
export const readSystemFile = (io: Io, path: string): Buffer | undefined =>
  ifThere(() => io.readFileSync(path) as Buffer);

/** Returns what a path itself names, even a link to nowhere; undefined if that is nothing. */
function named(io: Io, path: string): Stats | undefined {
  try {
    return io.lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // Nothing can be below a file.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether a path names anything, even a link to nowhere. */
export const isThere = (io: Io, path: string): boolean => named(io, path) !== undefined;

/** Whether a path names a link, wherever that leads. */
export const isLink = (io: Io, path: string): boolean => named(io, path)?.isSymbolicLink() === true;

/** Throws INVALID if a directory of a workspace is a link or a file; one that is not there may be made. */
export function requireOwnDirectory(io: Io, path: string): void {
  const stat = ifThere(() => io.lstatSync(path));
  if (!stat || stat.isDirectory()) return;
  const isALink = stat.isSymbolicLink();
  throw new NotOurs(
    path,
    `is a ${isALink ? 'link' : 'file'}, and not a directory`,
    isALink ? NO_LINKS : 'move it elsewhere',
  );
}

/** Returns the result of `read`, or undefined if there is no such file. */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Returns the names in a directory; none if it does not exist, or is a link or not a directory, which others report.
 */
export function namesIn(io: Io, dir: string): string[] {
  try {
    return io.lstatSync(dir).isDirectory() ? (io.readdirSync(dir) as string[]) : [];
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Returns why a file could not be read, in words that follow its name; rethrows any error that is not of the system. */
export function whyUnread(error: unknown): string {
  if (error instanceof NotOurs) return error.reason;
  const code = codeOf(error);
  if (code === undefined) throw error;
  return `cannot be read: ${reasonOf(code) ?? (error as Error).message}`;
}
