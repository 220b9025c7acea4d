/**
 * The power is cut at any point of a commit, of a commit with settings, of a checkpoint with its pack, and of
 * writers of which one stalls in the midst of its append. Of all states that may then lie on the disk (power-cut.ts)
 * as many are tried as there is time for.
 */
import { join } from 'node:path';
import type { Transaction } from '../../../src/domain/changes.ts';
import type { Io } from '../../../src/store/disk/io.ts';
import { Chance } from '../chance.ts';
import { type Image, MemoryDisk } from '../disk.ts';
import { hashOf, signed, transactionsOf, violationsOf } from '../invariants.ts';
import { GONE, Machine } from '../machine.ts';
import { PowerCut } from '../power-cut.ts';
import { counted, type Outcome, type Proof, scaled, SMALL, someOf, type Trial } from '../proof.ts';
import { before, DIR, scenarioNamed } from '../scenarios.ts';
import { stalledCourses } from '../stalled-writers.ts';

/** What was done on a disk. */
export interface Course {
  readonly name: string;
  readonly start: Image;
  readonly disk: MemoryDisk;
  /** How many transactions there had to be from a point of the log on, since one of them was acknowledged there. */
  readonly certain: readonly { readonly seq: number; readonly at: number }[];
  /** All transactions in the end. */
  readonly all: readonly Transaction[];
  /** What was wrong though no power was cut. */
  readonly violations: readonly string[];
}

const STATES = 10_000;

const names = [
  'add',
  'bulk set',
  'sweep',
  'settings',
  'a file of settings that goes',
  'purge',
  'checkpoint with pack',
];

export const powerLoss: Proof = {
  name: 'power',
  what: 'power cut at any point of commits, checkpoints, packs, stalled writers',
  async run(trial) {
    const courses = [await initCourse()];
    for (const name of someOf(names, trial)) courses.push(await scenarioCourse(name));
    courses.push(...(await stalledCourses(undefined, trial.scale < SMALL ? 4 : 1)));
    return cutPower(courses, scaled(STATES, trial), trial);
  },
};

/** Tries so many states of these courses in all; what a short one does not have, the longer ones may have more of. */
export async function cutPower(
  courses: readonly Course[],
  most: number,
  { seed, one }: Pick<Trial, 'seed' | 'one'>,
): Promise<Outcome> {
  const points = courses.reduce((sum, { disk }) => sum + disk.log.length + 1, 0);
  const chance = new Chance(seed);
  const violations = courses.flatMap(course => course.violations.map(each => `${course.name}: ${each}`));
  // Cuts at different points may leave the same.
  const looked = new Map<string, string[]>();
  let states = 0;
  let left = most;
  const shortFirst = [...courses].sort((a, b) => a.disk.log.length - b.disk.log.length);
  for (const [i, course] of shortFirst.entries()) {
    const power = new PowerCut(course.start, path => course.disk.firstNumberOf(path));
    let share = left / (courses.length - i);
    for (let cut = 0; cut <= course.disk.log.length; cut++) {
      if (cut > 0) power.follow(course.disk.log[cut - 1]!);
      const here = share / (course.disk.log.length + 1 - cut);
      const some = Math.floor(here) + Number(chance.next() < here % 1);
      let nth = 0;
      if (one && violations.length > 0) break;
      for (const { image, print } of some > 0 ? power.states(some, chance) : []) {
        const count = acknowledgedAt(course, cut);
        const key = `${i} ${count} ${print}`;
        const found = looked.get(key) ?? (await afterCut(course, count, image));
        looked.set(key, found);
        violations.push(
          ...found.map(each => `${course.name}, cut after ${cut} changes, state ${nth}: ${each}`),
        );
        nth++;
      }
      states += nth;
      share -= nth;
      left -= nth;
    }
  }
  return {
    tried: `${counted(states, 'states')} at ${counted(points, 'points')}, ${counted(looked.size, 'of them different')}`,
    violations,
  };
}

/** How many transactions of a course had to be there when the power was cut. */
const acknowledgedAt = ({ certain }: Course, cut: number): number =>
  Math.max(0, ...certain.map(({ seq, at }) => (at <= cut ? seq : 0)));

/** The machine starts again from what is on its disk, where so many transactions must be. */
async function afterCut({ all }: Course, count: number, image: Image): Promise<string[]> {
  const machine = new Machine(new MemoryDisk(image, 'second boot').io, DIR);
  // Of a workspace that was still being made there may be nothing yet.
  if (count === 0 && !machine.io.existsSync(join(DIR, 'crm.yaml'))) return [];
  return violationsOf(machine, {
    before: all.slice(0, count).map(hashOf),
    attempted: all.slice(count).map(signed),
    atLeast: 0,
    atMost: all.length,
  });
}

/** A scenario's command, from the disk that it finds. */
export async function scenarioCourse(name: string, broken: (io: Io) => Io = io => io): Promise<Course> {
  const scenario = scenarioNamed(name);
  const start = await before(scenario);
  const disk = new MemoryDisk(start);
  const machine = new Machine(disk.io, DIR);
  const there = await transactionsOf(machine);
  await machine.ok(scenario.args, { io: broken(disk.io), pid: GONE });
  const all = await transactionsOf(machine);
  const certain = [
    { seq: there.length, at: 0 },
    { seq: all.length, at: disk.log.length },
  ];
  return { name, start, disk, all, certain, violations: [] };
}

/** A workspace is made, and used at once. */
async function initCourse(): Promise<Course> {
  const start: Image = { directories: new Set(), files: new Map() };
  const disk = new MemoryDisk(start);
  const machine = new Machine(disk.io, DIR);
  const certain: { seq: number; at: number }[] = [];
  let all: Transaction[] = [];
  for (const args of [
    ['init', DIR, '--template', 'sales'],
    ['deal', 'add', 'First'],
    ['deal', 'add', 'Second'],
  ]) {
    await machine.ok(args, { pid: GONE });
    all = await transactionsOf(machine);
    certain.push({ seq: all.length, at: disk.log.length });
  }
  return { name: 'init', start, disk, certain, all, violations: [] };
}
