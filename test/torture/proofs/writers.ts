/**
 * Many processes that commit as fast as they can: with the lock, with one that somebody keeps deleting, without it, and
 * with one that everybody is told to have. The lock is for taking turns; that no commit is lost is the journal's doing.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Transaction } from '../../../src/domain/changes.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { missingOf, transactionsOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory, sleep, Worker } from '../processes.ts';
import { counted, type Proof, scaled } from '../proof.ts';
import type { Lock } from '../worker.ts';

const WRITERS = 32;
const COMMITS = 100;

const words: Readonly<Record<Lock, string>> = {
  kept: 'with the lock',
  deleted: 'with a lock that is deleted again and again',
  removed: 'without a lock',
  granted: 'with a lock that always grants',
};

export const writers: readonly Proof[] = (['kept', 'deleted', 'removed', 'granted'] as const).map(lock => ({
  name: lock === 'kept' ? 'writers' : `writers, ${lock}`,
  what: `${WRITERS} writers at once, ${words[lock]}`,
  run: trial =>
    inDirectory(async directory => {
      const dir = join(directory, 'ws');
      const machine = new Machine(nodeIo, dir);
      await machine.ok(['init', dir, '--template', 'sales']);
      const count = scaled(WRITERS, trial);
      const times = scaled(COMMITS, trial);
      const args = ['deal', 'add', 'Deal %', '--lock-timeout', '600'];
      const all = Array.from(
        { length: Math.max(4, count) },
        (_, i) => new Worker(trial.worker, { dir, name: `writer-${i}`, args, times, lock }),
      );
      const working = Promise.all(all.map(worker => worker.ended));
      if (lock === 'deleted') await keepDeleting(join(dir, '.crm', 'lock'), working);
      const ended = await working;
      const told = all.flatMap(worker => worker.told);
      const violations = ended.flatMap(({ code, err }, i) =>
        code === 0 ? [] : [`writer-${i}: exit ${code}: ${err}`],
      );
      if (lock === 'kept' && existsSync(join(dir, '.crm', 'lock')))
        violations.push('nobody is left, and the lock is');
      violations.push(...wrongIds(await transactionsOf(machine)));
      violations.push(...(await missingOf(machine, told)));
      return { tried: `${counted(told.length, 'commits')} of ${all.length} writers`, violations };
    }),
}));

/** Deletes the file whenever it is there, until the work is done. */
async function keepDeleting(path: string, work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    rmSync(path, { force: true });
    await sleep(1);
  }
  await over;
}

/** Deals have the numbers from 1 on, each once. */
function wrongIds(all: readonly Transaction[]): string[] {
  const ids = all.flatMap(({ changes }) =>
    changes.flatMap(change => ('add' in change ? [change.add.id] : [])),
  );
  return ids.flatMap((id, i) => (id === `D${i + 1}` ? [] : [`the deal ${i + 1} is ${id}`]));
}
