/**
 * The disk is full after so many pages, on a small tmpfs where one can be mounted, else on a disk in memory. The
 * command is there whole, or says that nothing was saved; readers go on; and once there is room, so do writers.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { type Image, MemoryDisk } from '../disk.ts';
import { hashOf, signed, transactionsOf, violationsOf } from '../invariants.ts';
import { Machine } from '../machine.ts';
import { inDirectory } from '../processes.ts';
import { counted, type Proof, scaled, someOf } from '../proof.ts';
import { before, DIR, type Scenario, scenarios } from '../scenarios.ts';

const STEPS = 32;
const PAGE = 4096;

export const diskFull: Proof = {
  name: 'disk',
  what: 'the disk full in the midst of a command',
  run: trial =>
    inDirectory(async directory => {
      const tmpfs = mounted(directory);
      const steps = scaled(STEPS, trial);
      const tried = someOf(scenarios, trial);
      const violations: string[] = [];
      try {
        for (const scenario of tried)
          for (let step = 0; step < steps; step++) {
            const pages = Math.floor((step * STEPS) / steps);
            const place = tmpfs ? await onTmpfs(tmpfs, scenario) : await inMemory(scenario);
            const found = await fill(place, scenario, pages);
            violations.push(...found.map(each => `${scenario.name} with ${pages} pages left: ${each}`));
          }
      } finally {
        // Commands in this process leave files open, as a process does until it ends.
        if (tmpfs) execFileSync('umount', ['-l', tmpfs]);
      }
      const where = tmpfs ? 'on a tmpfs' : 'in memory';
      return { tried: `${counted(steps, 'steps')} of ${tried.length} commands, ${where}`, violations };
    }),
};

/** A workspace on a disk that can be filled. */
interface Place {
  readonly machine: Machine;
  /** Leaves room for so many pages; undefined: as much as there was. */
  leave(pages: number | undefined): void;
}

async function fill({ machine, leave }: Place, scenario: Scenario, pages: number): Promise<string[]> {
  const there = await transactionsOf(machine);
  leave(pages);
  const { stdin } = scenario;
  const { code, err } = await machine.crm(scenario.args, stdin === undefined ? {} : { stdin });
  const readers = await machine.crm(['deal', 'list', '--json']);
  leave(undefined);
  const found: string[] = [];
  const isPurging = /what transaction \d+ erases/.test(err);
  if (code !== 0 && !isPurging && !err.includes('the disk is full; nothing of this command was saved'))
    found.push(`exit ${code}: ${err.split('\n')[0]}`);
  if (readers.code !== 0) found.push(`a reader was stopped: ${readers.err}`);
  const after = await transactionsOf(machine);
  if (code === 0 && after.length === there.length) found.push('acknowledged, and not there');
  const claim = { before: there.map(hashOf), attempted: after.slice(there.length).map(signed), atLeast: 0 };
  found.push(...(await violationsOf(machine, { ...claim, atMost: code === 0 || isPurging ? 9 : 0 })));
  return found;
}

async function inMemory(scenario: Scenario): Promise<Place> {
  const disk = new MemoryDisk(await before(scenario));
  const leave = (pages: number | undefined) => {
    disk.room = pages === undefined ? Number.POSITIVE_INFINITY : pages * PAGE;
  };
  return { machine: new Machine(disk.io, DIR), leave };
}

/** A mounted tmpfs of 8 MB in `directory`; undefined where this may not be done. */
function mounted(directory: string): string | undefined {
  const path = join(directory, 'small');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return undefined;
  }
}

async function onTmpfs(tmpfs: string, scenario: Scenario): Promise<Place> {
  const dir = join(tmpfs, 'ws');
  rmSync(dir, { recursive: true, force: true });
  writeImage(await before(scenario), dir);
  const ballast = join(tmpfs, 'ballast');
  const leave = (pages: number | undefined) => {
    rmSync(ballast, { force: true });
    if (pages !== undefined) writeFileSync(ballast, Buffer.alloc((statfsSync(tmpfs).bavail - pages) * PAGE));
  };
  return { machine: new Machine(nodeIo, dir), leave };
}

/** Writes the workspace of an image into a real directory. */
export function writeImage({ files }: Image, dir: string): void {
  for (const [path, { bytes }] of files) {
    if (!path.startsWith(`${DIR}/`)) continue;
    const to = join(dir, path.slice(DIR.length));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes);
  }
}
