/**
 * Every call of the store to the file system, on the write paths of the scenarios, fails once, and is once the last
 * one before a kill. On a disk in memory; system-calls.ts does the same to the real binary.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Io } from '../../../src/store/disk/io.ts';
import { MemoryDisk } from '../disk.ts';
import { type changes, type Fault, faultyIo } from '../faulty-io.ts';
import {
  filesOf,
  hashOf,
  recordsOf,
  remainsOf,
  signed,
  transactionsOf,
  violationsOf,
} from '../invariants.ts';
import { GONE, Machine } from '../machine.ts';
import { counted, type Outcome, type Proof, someOf, type Trial } from '../proof.ts';
import { before, DIR, type Scenario, scenarios } from '../scenarios.ts';

export const calls: Proof = {
  name: 'calls',
  what: 'every call of the store to the file system, failed and killed',
  run: trial => tryCalls(someOf(scenarios, trial), trial),
};

export interface How {
  /** Makes of a file system one on which the store breaks: sabotage. */
  readonly broken?: (io: Io) => Io;
  /** The calls that are tried; all of them, where it is left out. */
  readonly counts?: typeof changes;
}

export async function tryCalls(
  tried: readonly Scenario[],
  { scale, seed, one }: Trial,
  how: How = {},
): Promise<Outcome> {
  const violations: string[] = [];
  const counts: Record<Fault, number> = { fail: 0, kill: 0 };
  const step = Math.max(1, Math.round(1 / scale));
  for (const scenario of tried) {
    const whole = await undisturbed(scenario);
    for (const fault of ['fail', 'kill'] as const)
      for (let nth = 1 + (seed % step); ; nth += step) {
        const what = await tryCall(scenario, nth, fault, whole, how, violations);
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
  readonly files: {
    readonly before: ReadonlyMap<string, string>;
    readonly after: ReadonlyMap<string, string>;
  };
}

async function undisturbed(scenario: Scenario): Promise<Whole> {
  const machine = new Machine(new MemoryDisk(await before(scenario)).io, DIR);
  const there = (await transactionsOf(machine)).map(hashOf);
  const had = await filesOf(machine);
  await machine.ok(scenario.args, scenario);
  const attempted = (await transactionsOf(machine)).slice(there.length).map(signed);
  const files = { before: had, after: await filesOf(machine) };
  return { before: there, attempted, records: await recordsOf(machine), files };
}

/** Lets the nth call go wrong; returns which one that was, or undefined where there is none. */
async function tryCall(
  scenario: Scenario,
  nth: number,
  fault: Fault,
  { records, files, ...whole }: Whole,
  { broken = io => io, counts }: How,
  violations: string[],
): Promise<string | undefined> {
  const machine = new Machine(new MemoryDisk(await before(scenario)).io, DIR);
  const faulty = faultyIo(machine.io, nth, fault, counts);
  const { stdin } = scenario;
  const { code, err } = await machine.crm(scenario.args, {
    ...(stdin !== undefined && { stdin }),
    io: broken(faulty.io),
    pid: GONE,
  });
  const what = faulty.what();
  if (what === undefined) return undefined;
  const all = whole.attempted.length;
  const isDone = code === 0;
  const found = isDone ? await remainsOf(machine, scenario, whole) : [];
  const claim = {
    ...whole,
    atLeast: isDone ? all : 0,
    // A purge says so where it is in the history, and has not erased all yet.
    atMost: isDone || fault === 'kill' || /what transaction \d+ erases/.test(err) ? all : 0,
  };
  found.push(...(await violationsOf(machine, claim)));
  if (fault === 'fail' && code === 70) found.push(`the message is that of a bug: ${err.split('\n')[0]}`);
  found.push(...(await remainsOf(machine, scenario, whole)));
  found.push(...(await misplacedIn(machine, scenario, fault, { ...whole, files })));
  if (fault === 'kill' && scenario.again) {
    // Not on top of what violationsOf did: in a workspace that was only killed.
    const again = new Machine(new MemoryDisk(await before(scenario)).io, DIR);
    await again.crm(scenario.args, { io: broken(faultyIo(again.io, nth, fault, counts).io), pid: GONE });
    await again.crm(scenario.args);
    if (!isDeepStrictEqual(await recordsOf(again), records))
      found.push('done again, it does not come to the same');
  }
  violations.push(...found.map(each => `${scenario.name}, ${fault} at call ${nth} (${what}): ${each}`));
  return what;
}

/**
 * Files of settings that are not as they must be once the next command has worked: as the command leaves them where its
 * transaction is there, else as it found them. One that was killed may have added something before its transaction.
 */
async function misplacedIn(
  machine: Machine,
  { waits = [] }: Scenario,
  fault: Fault,
  { before, attempted, files }: Omit<Whole, 'records'>,
): Promise<string[]> {
  const there = await transactionsOf(machine).catch(() => []);
  const last = there[before.length + attempted.length - 1];
  const isDone = last !== undefined && signed(last) === attempted.at(-1);
  const now = await filesOf(machine).catch(() => new Map<string, string>());
  const isRight = (path: string) => {
    const [had, gets] = [files.before.get(path), files.after.get(path)];
    if (isDone) return now.get(path) === gets;
    return now.get(path) === had || (fault === 'kill' && !waits.includes(path) && now.get(path) === gets);
  };
  const paths = new Set([...files.before.keys(), ...files.after.keys()]);
  const as = isDone ? 'as the command writes it' : 'as it was';
  return [...paths].filter(path => !isRight(path)).map(path => `${path} is not ${as}`);
}
