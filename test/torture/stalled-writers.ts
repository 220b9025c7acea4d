/**
 * A writer stalls at each of the calls of its append in turn; meanwhile others, whom no lock holds off, commit, pack
 * and are acknowledged; then it goes on.
 */
import { recordKinds } from '../../src/kinds/index.ts';
import { join } from 'node:path';
import type { Transaction } from '../../src/domain/changes.ts';
import { decode } from '../../src/store/lines/encoding.ts';
import { FileJournal } from '../../src/store/journal/file-journal.ts';
import type { Io } from '../../src/store/disk/io.ts';
import type { Commit, Tip } from '../../src/store/journal/journal.ts';
import { temporaryOf } from '../../src/store/site/leftovers.ts';
import { Chance } from './chance.ts';
import { type Image, MemoryDisk } from './disk.ts';
import { transactionsOf } from './invariants.ts';
import { GONE, Machine, NOW } from './machine.ts';
import type { Course } from './proofs/power-loss.ts';
import { DIR, nearlyPacked } from './scenarios.ts';
import { stallingIo } from './stalling-io.ts';

const JOURNAL = join(DIR, 'data', 'journal');

/** What others do while the writer sleeps: so many commits, and then perhaps a pack. */
interface Meanwhile {
  readonly what: string;
  readonly commits: number;
  readonly packs: boolean;
}

const meanwhiles: readonly Meanwhile[] = [
  { what: 'a commit', commits: 1, packs: false },
  { what: 'commits and a pack', commits: 3, packs: true },
];

/** The courses of writers that stall at each call of an append, or at every `step`th. */
export async function stalledCourses(broken: (io: Io) => Io = io => io, step = 1): Promise<Course[]> {
  const start = await nearlyPacked();
  const courses: Course[] = [];
  for (const meanwhile of meanwhiles)
    for (let nth = 1; ; nth += step) {
      const course = await stalledCourse(start, nth, meanwhile, broken);
      if (!course) break;
      courses.push(course);
    }
  return courses;
}

/** Undefined where an append has no nth call. */
async function stalledCourse(
  start: Image,
  nth: number,
  { what, commits, packs }: Meanwhile,
  broken: (io: Io) => Io,
): Promise<Course | undefined> {
  const disk = new MemoryDisk(start);
  const machine = new Machine(disk.io, DIR);
  const io = broken(disk.io);
  const certain = [{ seq: (await transactionsOf(machine)).length, at: 0 }];
  const answers: Promise<{ readonly commit: Commit; readonly tip: Tip | undefined }>[] = [];
  /** The journal makes all its calls before it first gives way: when this returns, they are done. */
  const append = (writer: Io, after: Tip): void => {
    const commit = commitOf(`writer ${answers.length + 1}`);
    const place = answers.length;
    answers.push(undefined as never);
    const answer = journalOn(writer, commit.request).append(after, commit);
    const at = disk.log.length;
    answers[place] = answer.then(tip => {
      if (tip) certain.push({ seq: tip.seq, at });
      return { commit, tip };
    });
  };
  const stalling = stallingIo(io, nth, () => {
    for (let i = 0; i < commits; i++) append(io, tipOn(disk.io));
    if (packs) journalOn(io, 'packer').pack(256);
  });
  append(stalling.io, tipOn(disk.io));
  const answered = await Promise.allSettled(answers);
  if (!stalling.stalled()) return undefined;

  const violations: string[] = [];
  let all: Transaction[] = [];
  try {
    all = await transactionsOf(machine);
    for (const answer of answered) {
      if (answer.status === 'rejected') {
        violations.push(`an append failed: ${(answer.reason as Error).message}`);
        continue;
      }
      const { commit, tip } = answer.value;
      const there = all.filter(tx => tx.request === commit.request).map(tx => tx.seq);
      if (JSON.stringify(there) !== JSON.stringify(tip ? [tip.seq] : []))
        violations.push(
          `${commit.request} was told ${tip ? `that it is ${tip.seq}` : 'that it lost'}, and is ${there.join() || 'not there'}`,
        );
    }
  } catch (error) {
    violations.push((error as Error).message);
  }
  return { name: `stalled at call ${nth} beside ${what}`, start, disk, certain, all, violations };
}

/** A journal as a process of its own has it, which is gone when somebody looks. */
function journalOn(io: Io, name: string): FileJournal {
  const chance = new Chance(name.length * 31 + name.charCodeAt(name.length - 1));
  const temporary = temporaryOf({ pid: GONE, start: '1', boot: '', host: '' }, chance.next);
  return new FileJournal(io, JOURNAL, temporary, () => `salt of ${name}`, recordKinds);
}

const commitOf = (request: string): Commit => ({
  request,
  at: NOW,
  by: 'ana',
  via: 'test',
  changes: [{ kind: 'deal', id: 'D2', set: { title: ['Tables', `Tables of ${request}`] } }],
});

/** The last transaction that has a name. */
function tipOn(io: Io): Tip {
  const last = (io.readdirSync(JOURNAL) as string[])
    .filter(name => /^\d/.test(name))
    .sort()
    .at(-1)!;
  const [tx] = decode(recordKinds, io.readFileSync(join(JOURNAL, last)) as Buffer, last, () => undefined);
  return { seq: tx!.seq, hash: tx!.hash };
}
