/**
 * A process that commits, one command after the other, and says of each that it was acknowledged. Its orders are the
 * argument, as JSON. It writes `ready` when it begins, and then the name of each command that exited 0.
 */
import { writeSync } from 'node:fs';
import { type Io, nodeIo } from '../../src/store/disk/io.ts';
import { Machine } from './machine.ts';

export interface Orders {
  readonly dir: string;
  /** The state directory of the machine, where it shares the workspace. */
  readonly state?: string;
  /** Commands are called `NAME.1`, `NAME.2`, ...; so are their requests, and `%` in their arguments. */
  readonly name: string;
  readonly args: readonly string[];
  /** How many commands. */
  readonly times: number;
  /** Milliseconds between them. */
  readonly pause?: number;
  readonly lock?: Lock;
}

/** What becomes of the lock: it is kept; somebody keeps deleting it; it is not made at all; everybody is told to have it. */
export type Lock = 'kept' | 'deleted' | 'removed' | 'granted';

function ioWith(lock: Lock): Io {
  if (lock === 'kept' || lock === 'deleted') return nodeIo;
  return {
    ...nodeIo,
    linkSync(from, to) {
      if (!String(to).endsWith('/.crm/lock')) return nodeIo.linkSync(from, to);
      if (lock === 'removed') return;
      try {
        nodeIo.linkSync(from, to);
      } catch {
        // Somebody else has it too.
      }
    },
  };
}

async function work({ dir, state, name, args, times, pause, lock = 'kept' }: Orders): Promise<void> {
  const machine = new Machine(ioWith(lock), dir, state);
  writeSync(1, 'ready\n');
  for (let i = 1; i <= times; i++) {
    const each = `${name}.${i}`;
    await machine.ok(
      args.map(arg => arg.replace('%', each)),
      { name: each },
    );
    writeSync(1, `${each}\n`);
    if (pause !== undefined) await new Promise(resolve => setTimeout(resolve, pause));
  }
}

work(JSON.parse(process.argv[2]!) as Orders).catch((error: Error) => {
  writeSync(2, error.message);
  process.exitCode = 1;
});
