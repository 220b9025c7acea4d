/** Processes that commit at the same time are killed at random; what each was told is kept by its parent. */
import { join } from 'node:path';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { Chance } from '../chance.ts';
import { missingOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory, sleep, Worker } from '../processes.ts';
import { counted, type Outcome, type Proof, scaled } from '../proof.ts';

const KILLS = 2000;
const WRITERS = 4;
/** A new workspace after so many kills. */
const ROUND = 250;
/** A writer lives until it has committed fewer times than this, */
const COMMITS = 5;
/** and then for less than so many milliseconds: most are killed in the midst of a commit. */
const LIFE = 20;

export const kills: Proof = {
  name: 'kills',
  what: `${WRITERS} concurrent writers killed`,
  run: trial =>
    inDirectory(async dir => {
      const total = scaled(KILLS, trial);
      const violations: string[] = [];
      let told = 0;
      for (let done = 0; done < total; done += ROUND) {
        const round = await kill(
          join(dir, `ws-${done}`),
          trial.worker,
          Math.min(ROUND, total - done),
          trial.seed + done,
        );
        told += round.told;
        violations.push(...round.violations.map(each => `round of kill ${done}: ${each}`));
      }
      return { tried: `${counted(total, 'kills')}, ${counted(told, 'acknowledged')}`, violations };
    }),
};

async function kill(
  dir: string,
  program: string,
  count: number,
  seed: number,
): Promise<Pick<Outcome, 'violations'> & { told: number }> {
  const machine = new Machine(nodeIo, dir);
  await machine.ok(['init', dir, '--template', 'sales']);
  const chance = new Chance(seed);
  const told: string[] = [];
  let left = count;
  let born = 0;
  const errors: string[] = [];
  const lives = Array.from({ length: WRITERS }, async () => {
    while (left-- > 0) {
      const name = `writer-${++born}`;
      const args = ['deal', 'add', 'Deal %', '--lock-timeout', '60'];
      const worker = new Worker(program, { dir, name, args, times: 1e6 });
      await worker.busy(chance.below(COMMITS));
      await sleep(chance.next() * LIFE);
      errors.push(...(await worker.kill()));
      told.push(...worker.told);
    }
  });
  await Promise.all(lives);
  return { told: told.length, violations: [...errors, ...(await missingOf(machine, told))] };
}
