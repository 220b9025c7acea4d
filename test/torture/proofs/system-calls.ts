/**
 * strace kills the real binary at every system call that writes in the workspace, and lets every one of them fail:
 * what calls.ts does to the store, seen from the kernel.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { hashOf, remainsOf, signed, transactionsOf, violationsOf } from '../invariants.ts';
import { cacheHomeOf, Machine, NOW } from '../machine.ts';
import { inDirectory } from '../processes.ts';
import { counted, type Proof, someOf } from '../proof.ts';
import { before, type Scenario, scenarios } from '../scenarios.ts';
import { writeImage } from './disk-full.ts';

/** The calls with which Node writes. */
const WRITING = ['openat', 'write', 'pwrite64', 'fsync', 'link', 'rename', 'unlink', 'mkdir'];

const faults = { failed: 'error=ENOSPC', killed: 'signal=KILL' } as const;

/** The nth call of a name. */
interface Point {
  readonly call: string;
  readonly nth: number;
}

export const systemCalls: Proof = {
  name: 'strace',
  what: 'every writing system call of the binary, failed and killed by strace',
  async run({ scale, seed }) {
    if (spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status !== 0)
      return { tried: '', violations: [], skipped: 'there is no strace, or it may not trace' };
    return inDirectory(async directory => {
      const violations: string[] = [];
      const dir = join(directory, 'ws');
      const log = join(directory, 'log');
      const step = Math.max(1, Math.round(1 / scale));
      let tried = 0;
      // Counted through all scenarios, so that less than a part of each may be tried.
      let next = seed % step;
      for (const scenario of someOf(scenarios, { scale, seed })) {
        const fresh = async () => {
          rmSync(dir, { recursive: true, force: true });
          writeImage(await before(scenario), dir);
          return new Machine(nodeIo, dir);
        };
        const machine = await fresh();
        const there = await transactionsOf(machine);
        traced(['-y', '-o', log, '-e', `trace=${WRITING.join()}`], dir, scenario);
        const points = pointsIn(readFileSync(log, 'utf8'), dir);
        const attempted = (await transactionsOf(machine)).slice(there.length).map(signed);
        for (; next < points.length; next += step)
          for (const [fault, injected] of Object.entries(faults)) {
            const { call, nth } = points[next]!;
            const tracing = ['-qq', '-o', '/dev/null', '-e', `trace=${call}`];
            const now = await fresh();
            const { status, stderr } = traced(
              [...tracing, '-e', `inject=${call}:${injected}:when=${nth}`],
              dir,
              scenario,
            );
            const isDone = status === 0;
            const isPart = fault === 'killed' || /what transaction \d+ erases/.test(stderr);
            const claim = { before: there.map(hashOf), attempted };
            const found = await violationsOf(now, {
              ...claim,
              atLeast: isDone ? attempted.length : 0,
              atMost: isDone || isPart ? attempted.length : 0,
            });
            found.push(...(await remainsOf(now, scenario, claim)));
            if (status === 70) found.push(`the message is that of a bug: ${stderr.split('\n')[0]}`);
            violations.push(...found.map(each => `${scenario.name}, ${call} ${nth} ${fault}: ${each}`));
            tried++;
          }
        next -= points.length;
      }
      return { tried: `${counted(tried / 2, 'failed')}, ${counted(tried / 2, 'killed')}`, violations };
    });
  },
};

function traced(tracing: readonly string[], dir: string, { args, stdin = '' }: Scenario) {
  return spawnSync('strace', [...tracing, process.execPath, resolve('bin/crm.js'), ...args], {
    input: stdin,
    encoding: 'utf8',
    env: {
      CRM_DIR: dir,
      CRM_NOW: NOW,
      CRM_NO_INPUT: '1',
      CRM_USER: 'ana',
      HOME: '/',
      XDG_CACHE_HOME: cacheHomeOf(dir),
      TZ: 'UTC',
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
  });
}

/** The calls of a log that write below `dir`, each by how many of its name had come before. */
function pointsIn(log: string, dir: string): Point[] {
  const counts = new Map<string, number>();
  const points: Point[] = [];
  for (const line of log.split('\n')) {
    const call = /^(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    if (line.includes(dir) && (call !== 'openat' || line.includes('O_CREAT'))) points.push({ call, nth });
  }
  return points;
}
