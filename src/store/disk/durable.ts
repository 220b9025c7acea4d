/**
 * The two ways in which the store writes a file, both from a private temporary file that is whole and on disk
 * before it gets its name: put-if-absent (link), and replace (rename).
 */
import { dirname, join } from 'node:path';
import { failed } from '../../domain/errors.ts';
import { codeOf, type Io } from './io.ts';

export type Bytes = Uint8Array | string;

/** A name that nobody else uses, and from which others can tell whether its process still lives: `.tmp-PID-START-N`. */
export interface Temporary {
  name(): string;
}

/**
 * Takes the bytes of a file, which the caller may then reuse; `place` overwrites bytes at an offset, for a head that
 * is known last.
 */
export interface Sink {
  write(chunk: Bytes): void;
  place(bytes: Uint8Array, offset: number): void;
}

/** The number of bytes written at a time when text comes in smaller pieces. */
const BLOCK = 64 * 1024;

/** A free block, kept for the next file: a command writes about ten files, and memory of this size is slow to get. */
let spare: Buffer | undefined;

/** Writes a new file, whole or not at all, and forces it to the disk if `sync` says so. Throws if there is one. */
export function writeNew(
  io: Io,
  path: string,
  fill: (sink: Sink) => void,
  sync: boolean,
  mode = 0o666,
): void {
  const fd = io.openSync(path, 'wx', mode);
  let failedWriting = true;
  try {
    let length = 0;
    const writeAll = (bytes: Uint8Array, at: number) => {
      for (let done = 0; done < bytes.length; )
        done += io.writeSync(fd, bytes, done, bytes.length - done, at + done);
    };
    const block = spare ?? Buffer.allocUnsafeSlow(BLOCK);
    spare = undefined;
    let filled = 0;
    const append = (bytes: Uint8Array) => {
      writeAll(bytes, length);
      length += bytes.length;
    };
    const flush = () => {
      append(block.subarray(0, filled));
      filled = 0;
    };
    fill({
      write(chunk) {
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
        if (filled + bytes.length > BLOCK) flush();
        if (bytes.length > BLOCK) append(bytes);
        else {
          block.set(bytes, filled);
          filled += bytes.length;
        }
      },
      place(bytes, offset) {
        flush();
        writeAll(bytes, offset);
      },
    });
    flush();
    if (io.fstatSync(fd).size !== length)
      throw failed(`${path}: written ${length} bytes, and the file has another size`);
    spare = block;
    if (sync) io.fsyncSync(fd);
    failedWriting = false;
  } finally {
    io.closeSync(fd);
    if (failedWriting) removeQuietly(io, path);
  }
}

export function removeQuietly(io: Io, path: string): void {
  try {
    io.unlinkSync(path);
  } catch {
    // Somebody else did, or the next checkpoint will.
  }
}

export function syncDirectory(io: Io, dir: string): void {
  const fd = io.openSync(dir, 'r');
  try {
    io.fsyncSync(fd);
  } finally {
    io.closeSync(fd);
  }
}

/** Makes a directory and those above it, durably. */
export function makeDirectory(io: Io, path: string, mode = 0o777): void {
  const first = io.mkdirSync(path, { recursive: true, mode });
  if (first === undefined) return;
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    syncDirectory(io, dir);
    if (dir === dirname(first)) return;
  }
}

export interface PutOptions {
  /** Tells, once the name is durable, whether it was taken nevertheless. */
  readonly lost?: () => boolean;
  readonly sync?: boolean;
  /** Whether the caller knows that the name before this one is durable, because it put that one just now. */
  readonly follows?: boolean;
}

/**
 * Makes the file, unless one of that name exists: true if it is ours and durable, false if somebody was first. After
 * the name is durable, `lost` tells whether the number was taken nevertheless, by a pack. A file that is not synced
 * may be lost or damaged in a power cut.
 */
export function putIfAbsent(
  io: Io,
  path: string,
  temporary: Temporary,
  fill: (sink: Sink) => void,
  { lost = () => false, sync = true, follows = false }: PutOptions = {},
): boolean {
  const dir = dirname(path);
  const own = join(dir, temporary.name());
  writeNew(io, own, fill, sync);
  try {
    // The name before this one may belong to a process that was killed, or still sleeps, before it synced the
    // directory.
    if (sync && !follows) syncDirectory(io, dir);
    try {
      io.linkSync(own, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      if (codeOf(error) === 'EPERM' || codeOf(error) === 'ENOTSUP' || codeOf(error) === 'EOPNOTSUPP')
        throw failed(
          `${dir} is on a file system without hard links`,
          'nothing was saved; move the workspace to a local disk',
        );
      throw error;
    }
    try {
      if (sync) syncDirectory(io, dir);
    } catch (error) {
      // The caller is told that it failed, so it must not be there either.
      removeQuietly(io, path);
      throw error;
    }
    if (!lost()) return true;
    removeQuietly(io, path);
    // A name that shares its file with a temporary file was never acknowledged, so it must not outlive that file.
    if (sync) syncDirectory(io, dir);
    return false;
  } finally {
    removeQuietly(io, own);
  }
}

/**
 * Replaces the file of that name. `how` is false for a cache, which is not synced and may be lost in a power cut; or
 * it has the mode of a file that others must not read.
 */
export function replaceFile(
  io: Io,
  path: string,
  temporary: Temporary,
  fill: (sink: Sink) => void,
  how: boolean | { readonly mode: number } = true,
): void {
  const dir = dirname(path);
  const own = join(dir, temporary.name());
  const sync = how !== false;
  writeNew(io, own, fill, sync, typeof how === 'object' ? how.mode : undefined);
  try {
    io.renameSync(own, path);
  } catch (error) {
    removeQuietly(io, own);
    throw error;
  }
  if (sync) syncDirectory(io, dir);
}

/** Adds a text to the end of a file, which is made with this mode if it is not there. It is not forced to the disk. */
export function appendTo(io: Io, path: string, text: string, mode: number): void {
  const fd = io.openSync(path, 'a', mode);
  try {
    io.writeSync(fd, Buffer.from(text));
  } finally {
    io.closeSync(fd);
  }
}
