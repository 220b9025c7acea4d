/**
 * Every call of the store to the file system, on the write paths of the scenarios, fails once, and is once the last
 * one before a kill. On a disk in memory; strace.ts does the same to the real binary.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Io } from '../../../src/store/io.ts';
import { MemoryDisk } from '../disk.ts';
import { type Fault, faultyIo } from '../faulty-io.ts';
import { hashOf, recordsOf, remainsOf, signed, transactionsOf, violationsOf } from '../invariants.ts';
import { GONE, Machine } from '../machine.ts';
import { counted, type Outcome, type Proof, type Trial } from '../proof.ts';
import { before, DIR, type Scenario, scenarios } from '../scenarios.ts';

export const calls: Proof = {
  name: 'calls',
  what: 'every call of the store to the file system, failed and killed',
  run: trial => tryCalls(scenarios, trial),
};

/** `broken` makes of a file system one on which the store breaks: sabotage. */
export async function tryCalls(
  tried: readonly Scenario[],
  { scale, seed, one }: Trial,
  broken: (io: Io) => Io = io => io,
): Promise<Outcome> {
  const violations: string[] = [];
  const counts: Record<Fault, number> = { fail: 0, kill: 0 };
  const step = Math.max(1, Math.round(1 / scale));
  for (const scenario of tried) {
    const whole = await undisturbed(scenario);
    for (const fault of ['fail', 'kill'] as const)
      for (let nth = 1 + (seed % step); ; nth += step) {
        const what = await tryCall(scenario, nth, fault, whole, broken, violations);
        if (what === undefined || (one && violations.length > 0)) break;
        counts[fault]++;
      }
  }
  return { tried: `${counted(counts.fail, 'failed')}, ${counted(counts.kill, 'killed')}`, violations };
}

/** What a scenario's command does where nothing goes wrong. */
interface Whole {
  readonly before: readonly string[];
  readonly attempted: readonly string[];
  readonly records: object;
}

async function undisturbed(scenario: Scenario): Promise<Whole> {
  const machine = new Machine(new MemoryDisk(await before(scenario)).io, DIR);
  const there = (await transactionsOf(machine)).map(hashOf);
  await machine.ok(scenario.args, scenario);
  const attempted = (await transactionsOf(machine)).slice(there.length).map(signed);
  return { before: there, attempted, records: await recordsOf(machine) };
}

/** Lets the nth call go wrong; returns which one that was, or undefined where there is none. */
async function tryCall(
  scenario: Scenario,
  nth: number,
  fault: Fault,
  { records, ...whole }: Whole,
  broken: (io: Io) => Io,
  violations: string[],
): Promise<string | undefined> {
  const machine = new Machine(new MemoryDisk(await before(scenario)).io, DIR);
  const faulty = faultyIo(machine.io, nth, fault);
  const { stdin } = scenario;
  const { code, err } = await machine.crm(scenario.args, {
    ...(stdin !== undefined && { stdin }),
    io: broken(faulty.io),
    pid: GONE,
  });
  const what = faulty.what();
  if (what === undefined) return undefined;
  const all = whole.attempted.length;
  const found = await violationsOf(machine, {
    ...whole,
    atLeast: code === 0 ? all : 0,
    // A purge says so where it is in the history, and has not erased all yet.
    atMost: code === 0 || fault === 'kill' || /what transaction \d+ erases/.test(err) ? all : 0,
  });
  if (fault === 'fail' && code === 70) found.push(`the message is that of a bug: ${err.split('\n')[0]}`);
  found.push(...(await remainsOf(machine, scenario, whole)));
  if (fault === 'kill' && scenario.again) {
    // Not on top of what violationsOf did: in a workspace that was only killed.
    const again = new Machine(new MemoryDisk(await before(scenario)).io, DIR);
    await again.crm(scenario.args, { io: broken(faultyIo(again.io, nth, fault).io), pid: GONE });
    await again.crm(scenario.args);
    if (!isDeepStrictEqual(await recordsOf(again), records))
      found.push('done again, it does not come to the same');
  }
  violations.push(...found.map(each => `${scenario.name}, ${fault} at call ${nth} (${what}): ${each}`));
  return what;
}
