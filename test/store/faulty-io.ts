/** A file system of which one call after another fails, or is the last before a kill. */
import type { Io } from '../../src/store/io.ts';
import { unsyncedIo } from './hooked-io.ts';

export type Fault = 'fail' | 'kill';

/** Counts the calls that change something; the nth fails: the disk is full, or the process is killed in the midst of it. */
export function faultyIo(nth: number, fault: Fault): { io: Io; calls(): number; what(): string } {
  let calls = 0;
  let what = '';
  let killed = false;
  const change = (name: string, half: () => void = () => {}) => {
    if (killed) throw new Error('killed before');
    if (++calls !== nth) return;
    what = name;
    if (fault === 'fail') throw Object.assign(new Error(name), { code: 'ENOSPC' });
    killed = true;
    half();
    throw new Error(`killed in ${name}`);
  };
  const read = <A extends unknown[], R>(call: (...args: A) => R) =>
    ((...args: A) => {
      if (killed) throw new Error('killed before');
      return call(...args);
    }) as never;
  const io = { ...unsyncedIo };
  for (const name of [
    'fstatSync',
    'readSync',
    'readdirSync',
    'readFileSync',
    'statSync',
    'existsSync',
  ] as const)
    io[name] = read(unsyncedIo[name] as (...args: unknown[]) => unknown);
  io.openSync = (path, flags, mode) => {
    if (flags === 'wx') change(`create ${String(path)}`);
    else if (killed) throw new Error('killed before');
    return unsyncedIo.openSync(path, flags, mode);
  };
  io.writeSync = ((fd: number, bytes: Uint8Array, offset: number, length: number, at: number) => {
    const some = Math.floor(length / 2);
    change('write', () => some > 0 && unsyncedIo.writeSync(fd, bytes, offset, some, at));
    return unsyncedIo.writeSync(fd, bytes, offset, length, at);
  }) as Io['writeSync'];
  io.fsyncSync = () => change('sync');
  io.linkSync = (from, to) => {
    change(`link ${String(to)}`);
    unsyncedIo.linkSync(from, to);
  };
  io.renameSync = (from, to) => {
    change(`rename ${String(to)}`);
    unsyncedIo.renameSync(from, to);
  };
  io.unlinkSync = path => {
    change(`unlink ${String(path)}`);
    unsyncedIo.unlinkSync(path);
  };
  return { io, calls: () => calls, what: () => what };
}

/** A process that is not there any more when the next one looks. */
export const GONE = 999_999_999;
