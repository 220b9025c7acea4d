/** Reads some bytes of an open file, however few the system gives at a time. */
import { invalid } from '../../domain/errors.ts';
import type { Io } from './io.ts';

export function readRange(io: Io, fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  readInto(io, fd, bytes, from);
  return bytes;
}

/** Fills `bytes` with what begins at `from`. */
export function readInto(io: Io, fd: number, bytes: Buffer, from: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = io.readSync(fd, bytes, done, bytes.length - done, from + done);
    if (read === 0) throw invalid('a file became shorter while it was read');
    done += read;
  }
}
