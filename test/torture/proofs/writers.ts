/**
 * Many processes that commit as fast as they can: with the lock, without it, and with one that everybody is told to
 * have. The lock is for taking turns; that no commit is lost is the journal's doing.
 */
import { join } from 'node:path';
import { nodeIo } from '../../../src/store/io.ts';
import { missingOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory, Worker, workerProgram } from '../processes.ts';
import { counted, type Proof, scaled } from '../proof.ts';
import type { Lock } from '../worker.ts';

const WRITERS = 32;
const COMMITS = 100;

const words: Readonly<Record<Lock, string>> = {
  kept: 'with the lock',
  removed: 'without a lock',
  granted: 'with a lock that always grants',
};

export const writers: readonly Proof[] = (['kept', 'removed', 'granted'] as const).map(lock => ({
  name: lock === 'kept' ? 'writers' : `writers, ${lock}`,
  what: `${WRITERS} writers at once, ${words[lock]}`,
  run: trial =>
    inDirectory(async directory => {
      const dir = join(directory, 'ws');
      const program = workerProgram(directory);
      const machine = new Machine(nodeIo, dir);
      await machine.ok(['init', dir, '--template', 'sales']);
      const count = scaled(WRITERS, trial);
      const times = scaled(COMMITS, trial);
      const args = ['deal', 'add', 'Deal %', '--lock-timeout', '600'];
      const all = Array.from(
        { length: Math.max(4, count) },
        (_, i) => new Worker(program, { dir, name: `writer-${i}`, args, times, lock }),
      );
      const ended = await Promise.all(all.map(worker => worker.ended));
      const told = all.flatMap(worker => worker.told);
      const violations = ended.flatMap(({ code, err }, i) =>
        code === 0 ? [] : [`writer-${i}: exit ${code}: ${err}`],
      );
      violations.push(...(await missingOf(machine, told)));
      return { tried: `${counted(told.length, 'commits')} of ${all.length} writers`, violations };
    }),
}));
