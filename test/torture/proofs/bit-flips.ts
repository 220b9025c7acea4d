/**
 * One bit of a file in data/ is another, and nothing else says so: not the size, not the time. Doctor finds it, or it
 * makes no difference.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Io } from '../../../src/store/disk/io.ts';
import { Chance } from '../chance.ts';
import { type Content, type Image, MemoryDisk } from '../disk.ts';
import { recordsOf, transactionsOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { counted, type Outcome, type Proof, scaled, type Trial } from '../proof.ts';
import { DIR, nearlyPacked } from '../scenarios.ts';

const FLIPS = 2000;
/** Of so many flips one is in the last transaction, which no later one vouches for. */
const LAST = 8;

export const bitFlips: Proof = {
  name: 'bits',
  what: 'a bit of a file in data/ flipped',
  run: trial => flipBits(trial),
};

let start: Promise<Image> | undefined;

/** A workspace with a pack, a snapshot that is large enough for a projection, and transactions after all of them. */
async function prepared(): Promise<Image> {
  const disk = new MemoryDisk(await nearlyPacked());
  const machine = new Machine(disk.io, DIR);
  const rows = Array.from({ length: 1500 }, (_, i) => `Deal ${i} ${'x'.repeat(100)},${i}.50\n`).join('');
  await machine.ok(['import', 'deals', '-'], { stdin: `title,value\n${rows}` });
  await machine.ok(['deal', 'list', '--limit', '1']);
  for (const title of ['One', 'Two', 'Three']) await machine.ok(['deal', 'set', 'D2', `title=${title}`]);
  return disk.image();
}

export async function flipBits(trial: Trial, broken: (io: Io) => Io = io => io): Promise<Outcome> {
  start ??= prepared();
  const image = await start;
  const whole = await tellingOf(new Machine(new MemoryDisk(image).io, DIR));
  const paths = [...image.files.keys()].filter(path => path.startsWith(`${DIR}/data/`)).sort();
  const last = paths.filter(path => /journal\/\d+\.jsonl$/.test(path)).at(-1)!;
  const chance = new Chance(trial.seed);
  const total = scaled(FLIPS, trial);
  const violations: string[] = [];
  let detected = 0;
  for (let i = 0; i < total && !(trial.one && violations.length > 0); i++) {
    const path = i % LAST === 0 ? last : chance.pick(paths);
    const { bytes } = image.files.get(path)!;
    const bit = chance.below(bytes.length * 8);
    const machine = new Machine(broken(new MemoryDisk(flipped(image, path, bit)).io), DIR);
    const { code, out, err } = await machine.crm(['doctor']);
    if (code === 5 || /^warning:/m.test(out)) detected++;
    else if (code !== 0) violations.push(`${path}, bit ${bit}: doctor: exit ${code}: ${err}`);
    else {
      const telling = await tellingOf(machine).catch((error: Error) => error);
      if (!isDeepStrictEqual(telling, whole))
        violations.push(`${path}, bit ${bit}: not detected, and it matters`);
    }
  }
  return {
    tried: `${counted(total, 'flips')}, ${counted(detected, 'detected')}, the others harmless`,
    violations,
  };
}

function flipped(image: Image, path: string, bit: number): Image {
  const bytes = Buffer.from(image.files.get(path)!.bytes);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  const content: Content = { bytes };
  return { ...image, files: new Map([...image.files, [path, content]]) };
}

/** All that a workspace says: its records and its history. */
async function tellingOf(machine: Machine): Promise<object> {
  return { records: await recordsOf(machine), history: await transactionsOf(machine) };
}
