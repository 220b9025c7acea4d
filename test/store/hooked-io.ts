/** The file system with some of its calls replaced. */
import { type Io, nodeIo } from '../../src/store/io.ts';

export const hookedIo = (hooks: Partial<Io>, io: Io = nodeIo): Io => ({ ...io, ...hooks });

/** Nothing is forced to disk: for tests that write much and lose no power. */
export const unsyncedIo: Io = hookedIo({ fsyncSync: () => {} });

/** The same, and `close` closes every file that was left open: a process does that when it ends. */
export function closingIo(io: Io = unsyncedIo): { io: Io; close(): void } {
  const open = new Set<number>();
  return {
    io: hookedIo(
      {
        openSync(...args) {
          const fd = io.openSync(...args);
          open.add(fd);
          return fd;
        },
        closeSync(fd) {
          open.delete(fd);
          io.closeSync(fd);
        },
      },
      io,
    ),
    close() {
      for (const fd of open) io.closeSync(fd);
      open.clear();
    },
  };
}
