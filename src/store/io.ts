import fs from 'node:fs';
import { invalid } from '../domain/errors.ts';
import { reasonOf } from '../domain/system-errors.ts';

/**
 * The system calls that the store makes. Tests put a shim here that fails, stalls or forgets, so nothing in this
 * folder calls node:fs any other way.
 */
export type Io = Pick<
  typeof fs,
  | 'closeSync'
  | 'existsSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'statSync'
  | 'statfsSync'
  | 'unlinkSync'
  | 'writeSync'
>;

export const nodeIo: Io = fs;

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

/** A file's bytes. INVALID where a directory has its name, of which the system does not say where it is. */
export function readWhole(io: Io, path: string): Buffer {
  try {
    return io.readFileSync(path) as Buffer;
  } catch (error) {
    if (codeOf(error) !== 'EISDIR') throw error;
    throw invalid(`${path}: ${whyUnread(error)}`, 'crm doctor');
  }
}

/** A file's bytes, or undefined where there is no such file. */
export const readIfThere = (io: Io, path: string): Buffer | undefined =>
  ifThere(() => io.readFileSync(path) as Buffer);

/** What is read, or undefined where there is no such file. */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The names in a directory; none where it is not there, or is no directory, which is for others to say. */
export function namesIn(io: Io, dir: string): string[] {
  try {
    return io.readdirSync(dir) as string[];
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Why a file could not be read, in words that follow its name; throws what is no failure of the system. */
export function whyUnread(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) throw error;
  return code === 'EISDIR'
    ? 'is a directory, and not a file'
    : `cannot be read: ${reasonOf(code) ?? (error as Error).message}`;
}
