/** The file system with some of its calls replaced. */
import { type Io, nodeIo } from '../../src/store/io.ts';

export const hookedIo = (hooks: Partial<Io>, io: Io = nodeIo): Io => ({ ...io, ...hooks });

/** Nothing is forced to disk: for tests that write much and lose no power. */
export const unsyncedIo: Io = hookedIo({ fsyncSync: () => {} });
