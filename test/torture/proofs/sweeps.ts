/**
 * Sweeps are killed at random while deals and tasks come in that they have to move. In the end every deal has been
 * moved as often as the table says, and the rule has done its work for each: once.
 */
import { join } from 'node:path';
import { kindOf } from '../../../src/domain/changes.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { Chance } from '../chance.ts';
import { missingOf, transactionsOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory, sleep, Worker } from '../processes.ts';
import { counted, type Proof, scaled } from '../proof.ts';

const KILLS = 100;
/** Deals that come in between two kills. */
const DEALS = 10;
/** The longest time between the deals and the kill, in milliseconds. */
const MOMENT = 40;

/** Each deal that gets a task is moved by the table; each that is moved gets another one by this rule. */
const rule = `name: Welcome
for: deal
on: [{ stage-changes: { to: awaiting-contact } }]
runs: every-time
steps:
  - add-task: { type: call, title: 'Welcome {{ deal.title }}', due: +1d }
`;

export const sweeps: Proof = {
  name: 'sweeps',
  what: 'sweeps killed: each transition and each rule exactly once',
  run: trial =>
    inDirectory(async directory => {
      const dir = join(directory, 'ws');
      const machine = new Machine(nodeIo, dir);
      await machine.ok(['init', dir, '--template', 'automated-sales']);
      await machine.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
      const chance = new Chance(trial.seed);
      const violations: string[] = [];
      const total = scaled(KILLS, trial);
      const lock = ['--lock-timeout', '60'];
      const csv = ['title', ...Array.from({ length: DEALS }, (_, i) => `Deal ${i}`)].join('\n');
      for (let killed = 0; killed < total; killed++) {
        const sweeper = new Worker(trial.worker, {
          dir,
          name: `sweeper-${killed}`,
          args: ['run', ...lock],
          times: 1e6,
        });
        await sweeper.busy(chance.below(3));
        await machine.ok(['import', 'deals', '-', ...lock], { stdin: csv });
        const first = killed * DEALS + 1;
        const tasks = Array.from({ length: DEALS }, (_, i) => `Call,call,D${first + i}`);
        await machine.ok(['import', 'tasks', '-', '--same-workspace', ...lock], {
          stdin: ['title,type,for', ...tasks].join('\n'),
        });
        await sleep(chance.next() * MOMENT);
        violations.push(...(await sweeper.kill()));
      }
      await machine.ok(['run', ...lock]);
      const moved = new Map<string, number>();
      const welcomed = new Map<string, number>();
      for (const { changes } of await transactionsOf(machine))
        for (const change of changes) {
          if ('set' in change && change.why?.transition !== undefined) count(moved, change.id);
          if ('add' in change && kindOf(change) === 'task' && change.why?.automation === 'welcome')
            count(welcomed, String(change.add.for));
        }
      for (let deal = 1; deal <= total * DEALS; deal++) {
        const [moves, welcomes] = [moved.get(`D${deal}`) ?? 0, welcomed.get(`D${deal}`) ?? 0];
        if (moves !== 1 || welcomes !== 1)
          violations.push(`D${deal} was moved ${moves} times, and welcomed ${welcomes} times`);
      }
      violations.push(...(await missingOf(machine, [])));
      return { tried: `${counted(total * DEALS, 'transitions')}, ${counted(total, 'kills')}`, violations };
    }),
};

const count = (counts: Map<string, number>, id: string) => counts.set(id, (counts.get(id) ?? 0) + 1);
