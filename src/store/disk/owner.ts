/**
 * The owner of a lock or a temporary file, and whether it still lives: a process is its pid together with the
 * time at which it started and the boot of its machine, so that a number given again is not mistaken for it.
 */
import { memoBy } from '../../domain/memo.ts';
import { type Io, readSystemFile, systemOf } from './io.ts';

export interface Owner {
  readonly pid: number;
  /** Start time in clock ticks after boot; '' if the system does not tell. */
  readonly start: string;
  readonly boot: string;
  readonly host: string;
}

export const thisOwner = (io: Io, pid: number, host: string): Owner => ({ ...processOf(io, pid), host });

type Process = Omit<Owner, 'host'>;

/** By the system, since each command that `crm serve` runs has an Io of its own. */
const processesOf = memoBy((_system: object) => new Map<number, Process>());

/** This process, as the system knows it. Kept, because every command that `crm serve` runs asks for it. */
function processOf(io: Io, pid: number): Process {
  const known = processesOf(systemOf(io));
  const kept = known.get(pid) ?? { pid, start: startOf(io, pid) ?? '', boot: bootId(io) };
  known.set(pid, kept);
  return kept;
}

/** Whether the owner is certainly gone. A process on another host cannot be checked, and counts as alive. */
export function isGone(io: Io, owner: Owner, host: string): boolean {
  if (owner.host !== host) return false;
  if (owner.boot !== bootId(io)) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const start = startOf(io, owner.pid);
  return start !== undefined && owner.start !== '' && start !== owner.start;
}

function bootId(io: Io): string {
  return readSystemFile(io, '/proc/sys/kernel/random/boot_id')?.toString().trim() ?? '';
}

/** Field 22 of /proc/PID/stat; the command's name before it may hold spaces and parentheses. */
function startOf(io: Io, pid: number): string | undefined {
  try {
    const stat = readSystemFile(io, `/proc/${pid}/stat`)?.toString();
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
