/** A file system on which a process sleeps before one of its calls, while others work. */
import type { Io } from '../../src/store/disk/io.ts';

export interface StallingIo {
  readonly io: Io;
  /** Whether the call was reached. */
  stalled(): boolean;
}

/** Before the nth call `meanwhile` is done, all of it. */
export function stallingIo(io: Io, nth: number, meanwhile: () => void): StallingIo {
  let count = 0;
  const stalling = { ...io };
  for (const name of Object.keys(stalling) as (keyof Io)[]) {
    const call = io[name] as unknown as (...args: unknown[]) => unknown;
    stalling[name] = ((...args: unknown[]) => {
      if (++count === nth) meanwhile();
      return call(...args);
    }) as never;
  }
  return { io: stalling, stalled: () => count >= nth };
}
