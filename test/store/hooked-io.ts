/** The file system with some of its calls replaced. */
import { type Io, nodeIo } from '../../src/store/disk/io.ts';

export const hookedIo = (hooks: Partial<Io>, io: Io = nodeIo): Io => ({ ...io, ...hooks });

/** Nothing is forced to disk: for tests that write much and lose no power. */
export const unsyncedIo: Io = hookedIo({ fsyncSync: () => {} });

/** Calls `before` with the path of each file that is about to be opened for reading. */
export const beforeReading = (before: (path: string) => void, io: Io = unsyncedIo): Io =>
  hookedIo(
    {
      openSync(path, flags, mode) {
        // The store opens what it reads with flags that are a number.
        if (typeof flags === 'number') before(String(path));
        return io.openSync(path, flags, mode);
      },
    },
    io,
  );
