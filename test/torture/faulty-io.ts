/** A file system of which one call goes wrong: it fails, or the process is killed in the midst of it. */
import type { Io } from '../../src/store/disk/io.ts';

export type Fault = 'fail' | 'kill';

/** What a call may fail with: there is no room, or the disk is broken. */
const codes: { readonly [call in keyof Io]?: string } = {
  linkSync: 'ENOSPC',
  mkdirSync: 'ENOSPC',
  renameSync: 'ENOSPC',
  writeSync: 'ENOSPC',
};

/** Whether a call changes what is on the disk, or forces it there. What the store reads it opens with a number as flags. */
export const changes = (call: keyof Io, args: readonly unknown[]): boolean =>
  call === 'openSync' ? args[1] !== 'r' && typeof args[1] !== 'number' : changing.includes(call);

const changing: readonly (keyof Io)[] = [
  'fsyncSync',
  'linkSync',
  'mkdirSync',
  'renameSync',
  'rmdirSync',
  'unlinkSync',
  'writeSync',
];

export interface FaultyIo {
  readonly io: Io;
  /** The call that went wrong; undefined while none did. */
  what(): string | undefined;
}

/** The nth of the calls that count goes wrong, which are all of them, also those that only read. After a kill no call does anything. */
export function faultyIo(io: Io, nth: number, fault: Fault, counts: typeof changes = () => true): FaultyIo {
  let count = 0;
  let what: string | undefined;
  let killed = false;
  const killedNow = () => new Error(`killed in ${what}`);
  const around = (name: keyof Io, call: (...args: never[]) => unknown) =>
    ((...args: unknown[]) => {
      if (killed) throw killedNow();
      if (!counts(name, args) || ++count !== nth) return call(...(args as never[]));
      what = `${name} ${typeof args[0] === 'string' ? args.filter(arg => typeof arg === 'string').join(' ') : ''}`;
      if (fault === 'kill') {
        // A write may have come half the way.
        if (name === 'writeSync')
          call(...([args[0], args[1], args[2], (args[3] as number) >> 1, args[4]] as never[]));
        killed = true;
        throw killedNow();
      }
      // These two say nothing of what went wrong.
      if (name === 'existsSync') return false;
      if (name === 'closeSync') call(...(args as never[]));
      const isMade = name === 'openSync' && args[1] === 'wx';
      const code = isMade ? 'ENOSPC' : (codes[name] ?? 'EIO');
      throw Object.assign(new Error(`${code}: ${what}`), { code, errno: -5, syscall: name });
    }) as never;
  const faulty = { ...io };
  for (const name of Object.keys(faulty) as (keyof Io)[])
    if (typeof io[name] === 'function')
      faulty[name] = around(name, io[name] as (...args: never[]) => unknown);
  return { io: faulty, what: () => what };
}
