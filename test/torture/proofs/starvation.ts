/**
 * A web form commits once a second. An import and a sweep that take longer than that to decide finish all the same:
 * their second decision is made under the lock.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { missingOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory, Worker } from '../processes.ts';
import { counted, type Proof, scaled } from '../proof.ts';

const ROWS = 40_000;
/** Milliseconds between two commits of the form. */
const PAUSE = 1000;
/** The shortest pause, in milliseconds: a form without one would take the time that the import needs. */
const SHORTEST = 20;

export const starvation: Proof = {
  name: 'starvation',
  what: 'import and sweep beside one commit a second, both finish',
  run: trial =>
    inDirectory(async directory => {
      const dir = join(directory, 'ws');
      const machine = new Machine(nodeIo, dir);
      await machine.ok(['init', dir, '--template', 'automated-sales']);
      const rows = scaled(ROWS, trial);
      // A smaller job is done sooner, so the form must be quicker to be in its way.
      const pause = Math.max(SHORTEST, Math.round(PAUSE * Math.min(1, trial.scale)));
      const args = ['contact', 'add', '%', '--lock-timeout', '600'];
      const form = new Worker(trial.worker, { dir, name: 'form', args, times: 1e6, pause });
      await form.busy(1);
      const csv = join(directory, 'deals.csv');
      const lines = Array.from({ length: rows }, (_, i) => `Deal ${i},${i}.50,won`);
      writeFileSync(csv, ['title,value,status', ...lines].join('\n'));
      const done: string[] = [];
      const violations: string[] = [];
      for (const args of [['import', 'deals', csv], ['run']]) {
        const told = form.told.length;
        const began = Date.now();
        const orders = { dir, name: args[0]!, args: [...args, '--lock-timeout', '600'], times: 1 };
        const { code, err } = await new Worker(trial.worker, orders).ended;
        if (code !== 0) violations.push(`crm ${args.join(' ')}: exit ${code}: ${err}`);
        const seconds = ((Date.now() - began) / 1000).toFixed(1);
        done.push(`${args[0]} in ${seconds} s beside ${form.told.length - told} commits`);
      }
      violations.push(...(await form.kill()));
      violations.push(...(await missingOf(machine, form.told)));
      return { tried: `${counted(rows, 'deals')}: ${done.join(', ')}`, violations };
    }),
};
