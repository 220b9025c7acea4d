import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import type { Io } from '../../../src/store/disk/io.ts';
import type { Tip } from '../../../src/store/journal/journal.ts';
import { readSealed } from '../../../src/store/journal/journal-bytes.ts';
import { JournalDirectory, PACK_SIZE } from '../../../src/store/journal/journal-directory.ts';
import { putAll } from '../../../src/store/journal/journal-files.ts';
import { type Sealed, seal, tipOf } from '../../../src/store/journal/sealed.ts';
import { runs } from '../../effort.ts';
import { Chance } from '../../torture/chance.ts';
import { MemoryDisk } from '../../torture/disk.ts';
import { PowerCut } from '../../torture/power-cut.ts';

const DIR = '/ws/data/journal';

/** Three packs of transactions, and some. */
const all: readonly Sealed[] = (() => {
  const made: Sealed[] = [];
  for (let tip: Tip = { seq: 0, hash: GENESIS }; made.length < 3 * PACK_SIZE + 40; tip = tipOf(made.at(-1)!))
    made.push(
      seal(
        tip,
        { request: `r-${made.length}`, at: '2026-09-14T08:00:00.000Z', by: 'ana', via: 'test', changes: [] },
        'salt-0123456789',
      ),
    );
  return made;
})();

function names() {
  let count = 0;
  return { name: () => `.tmp-1-1-${++count}` };
}

/** The hashes that a directory has; throws if a file is missing or is another one than its name says. */
const hashesIn = (io: Io): string[] =>
  readSealed(io, new JournalDirectory(io, DIR), 0, all.length).map(({ hash }) => hash);

/** A disk on which transactions were put in these portions. */
function diskWith(...portions: readonly number[]): MemoryDisk {
  const disk = new MemoryDisk();
  disk.io.mkdirSync(DIR, { recursive: true });
  let from = 0;
  for (const count of portions) {
    putAll(disk.io, new JournalDirectory(disk.io, DIR), names(), all.slice(from, from + count));
    from += count;
  }
  return disk;
}

const portion = fc.integer({ min: 0, max: 400 });

test('transactions are there however they came, and complete groups that came together are packs', () => {
  fc.assert(
    fc.property(portion, portion, (first, second) => {
      const { io } = diskWith(first, second);
      const count = first + second;
      expect(hashesIn(io)).toEqual(all.slice(0, count).map(({ hash }) => hash));
      const { loose, covered, packs } = new JournalDirectory(io, DIR).list();
      expect({ packs, loose: loose.length, covered }).toEqual({
        packs: Math.floor(count / PACK_SIZE),
        loose: count % PACK_SIZE,
        covered: [],
      });
      expect((io.readdirSync(DIR) as string[]).filter(name => name.startsWith('.tmp'))).toEqual([]);
    }),
    { numRuns: runs(15) },
  );
});

test('a power cut leaves the transactions up to one of them, and all that were there before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), seed => {
      const [before, more] = [PACK_SIZE - 6, PACK_SIZE + 9];
      const start = diskWith(before).image();
      const disk = new MemoryDisk(start);
      putAll(disk.io, new JournalDirectory(disk.io, DIR), names(), all.slice(before, before + more));
      const chance = new Chance(seed);
      const power = new PowerCut(start, path => disk.firstNumberOf(path));
      for (const op of disk.log) {
        power.follow(op);
        // Most of the log is the removal of loose files.
        if (op.op === 'name' && op.entry === null && chance.next() < 0.97) continue;
        for (const { image } of power.states(4, chance)) {
          const hashes = hashesIn(new MemoryDisk(image).io);
          expect(hashes).toEqual(all.slice(0, hashes.length).map(({ hash }) => hash));
          expect(hashes.length).toBeGreaterThanOrEqual(before);
        }
      }
    }),
    { numRuns: runs(1) },
  );
});

test('waits for the disk twice for each loose transaction and each pack', () => {
  const disk = diskWith();
  let forced = 0;
  const io: Io = {
    ...disk.io,
    fsyncSync(fd) {
      forced++;
      disk.io.fsyncSync(fd);
    },
  };
  putAll(io, new JournalDirectory(io, DIR), names(), all);
  // Once more because another process may have made a pack before, and once for the first name.
  expect(forced).toBe(2 * (3 + 40) + 2);
  expect(join(DIR, '00000769.jsonl')).toSatisfy((path: string) => disk.io.existsSync(path));
});
