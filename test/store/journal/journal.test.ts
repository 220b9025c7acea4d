import { recordKinds } from '../../../src/kinds/index.ts';
import { added } from '../../added.ts';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CrmError } from '../../../src/domain/errors.ts';
import { putIfAbsent } from '../../../src/store/disk/durable.ts';
import { FileJournal } from '../../../src/store/journal/file-journal.ts';
import { PACK_SIZE } from '../../../src/store/journal/journal-directory.ts';
import { codeOf, type Io } from '../../../src/store/disk/io.ts';
import { encodeLeft, without } from '../../../src/store/journal/journal.ts';
import { MemoryJournal } from '../../../src/store/journal/memory-journal.ts';
import { TailFile } from '../../../src/store/journal/tail-file.ts';
import { emptyDirectory } from '../../harness.ts';
import { beforeReading, hookedIo, unsyncedIo } from '../hooked-io.ts';
import { appendMany, commitOf, journalContract } from '../journal-contract.ts';

let count = 0;
const salt = () => `salt-${++count}`;
const temporary = { name: () => `.tmp-0-0-${++count}` };

const openFiles = (dir: string, io: Io = unsyncedIo) =>
  new FileJournal(io, dir, temporary, salt, recordKinds);

function emptyJournal(): string {
  const dir = join(emptyDirectory(), 'journal');
  mkdirSync(dir);
  return dir;
}

journalContract('a journal in memory', () => {
  const journal = new MemoryJournal(salt, recordKinds);
  return { open: () => journal };
});

journalContract('a journal in files', () => {
  const dir = emptyJournal();
  return { open: () => openFiles(dir) };
});

/** A journal of `transactions`, the complete groups of 256 packed. */
async function packedJournal(transactions: number): Promise<string> {
  const dir = emptyJournal();
  const journal = openFiles(dir);
  await appendMany(journal, transactions);
  journal.pack(transactions);
  return dir;
}

const loose = (dir: string, seq: number) => join(dir, `${String(seq).padStart(8, '0')}.jsonl`);
const pack = (dir: string, n: number) => join(dir, `pack-${String(n).padStart(6, '0')}.jsonl`);
const names = (dir: string) => readdirSync(dir).sort();

/** The error of a promise that must fail as damage: exit 5. */
async function damage(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (e: CrmError) => e,
  );
  expect(error?.kind).toBe('INVALID');
  return error!.message;
}

describe('files of the journal', () => {
  test('a commit finds damage to files that were read before: at once, or in a long tail within a few commits', async () => {
    for (const [transactions, most] of [
      [28, 1],
      [200, 7],
    ] as const) {
      const dir = emptyJournal();
      await appendMany(openFiles(dir), transactions);
      const path = emptyDirectory();
      const tail = new TailFile(unsyncedIo, { path, make: () => path }, 'a version', temporary);
      let found = 0;
      for (const damaged of [1, 2, 7, transactions - 5]) {
        const bytes = readFileSync(loose(dir, damaged));
        const before = await openFiles(dir).readTail(0, tail);
        writeFileSync(loose(dir, damaged), bytes.subarray(1));
        for (let commits = 1; commits <= most; commits++) {
          const kept = await openFiles(dir).readTail(0, tail);
          expect(kept.transactions.length).toBe(before.transactions.length + commits - 1);
          try {
            await openFiles(dir).requireAsRead(kept);
          } catch (error) {
            expect((error as CrmError).message).toContain(`${loose(dir, damaged)}:`);
            found++;
            break;
          }
          await appendMany(openFiles(dir), 1);
        }
        writeFileSync(loose(dir, damaged), bytes);
      }
      expect(found).toBe(4);
    }
  });

  test('a transaction is a file of its changes and a commit line, and nothing else is left', async () => {
    const dir = emptyJournal();
    await appendMany(openFiles(dir), 2);
    expect(names(dir)).toEqual(['00000001.jsonl', '00000002.jsonl']);
    const lines = readFileSync(loose(dir, 2), 'utf8').trimEnd().split('\n');
    expect(lines.map(line => Object.keys(JSON.parse(line)))).toEqual([
      ['add'],
      ['seq', 'prev', 'hash', 'request', 'at', 'by', 'via', 'salt'],
    ]);
  });

  /** What is forced onto the disk, linked and removed, in order. */
  function recordingIo(dir: string): { io: Io; calls: string[] } {
    const calls: string[] = [];
    const paths = new Map<number, string>();
    const nameOf = (path: unknown) =>
      path === dir ? 'directory' : String(path).includes('.tmp-') ? 'temporary' : 'name';
    const io = hookedIo({
      openSync(path, ...rest) {
        const fd = unsyncedIo.openSync(path, ...rest);
        paths.set(fd, nameOf(path));
        return fd;
      },
      fsyncSync: fd => calls.push(`sync ${paths.get(fd)}`),
      linkSync(from, to) {
        calls.push('link');
        linkSync(from, to);
      },
      unlinkSync(path) {
        calls.push(`remove ${nameOf(path)}`);
        unsyncedIo.unlinkSync(path);
      },
    });
    return { io, calls };
  }

  test('it is forced to disk before it gets its name, and so are names before it; its own before it is acknowledged', async () => {
    const dir = emptyJournal();
    const { io, calls } = recordingIo(dir);
    await appendMany(openFiles(dir, io), 1);
    expect(calls).toEqual(['sync temporary', 'sync directory', 'link', 'sync directory', 'remove temporary']);
  });

  test('a name that was taken in vain is surely gone before its temporary, which says that it was in vain', () => {
    const dir = emptyJournal();
    const { io, calls } = recordingIo(dir);
    const temporary = { name: () => '.tmp-1-1-1' };
    expect(
      putIfAbsent(io, join(dir, '00000001.jsonl'), temporary, sink => sink.write('x'), { lost: () => true }),
    ).toBe(false);
    expect(calls.slice(-3)).toEqual(['remove name', 'sync directory', 'remove temporary']);
  });

  test('a disk that writes in small pieces makes no difference, and one that is full leaves nothing', async () => {
    const dir = emptyJournal();
    const writeSync = ((fd: number, bytes: Uint8Array, offset: number, length: number, at: number) =>
      unsyncedIo.writeSync(fd, bytes, offset, Math.min(length, 7), at)) as Io['writeSync'];
    await appendMany(openFiles(dir, hookedIo({ writeSync }, unsyncedIo)), 1);
    expect(await openFiles(dir).read(0)).toHaveLength(1);

    const full = () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    const journal = openFiles(dir, hookedIo({ writeSync: full }, unsyncedIo));
    await expect(appendMany(journal, 1)).rejects.toThrow('no space left');
    expect(names(dir)).toEqual(['00000001.jsonl']);
  });

  test('a file system without hard links is refused, and nothing is written', async () => {
    const dir = emptyJournal();
    const linkSync = () => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    };
    await expect(appendMany(openFiles(dir, hookedIo({ linkSync }, unsyncedIo)), 1)).rejects.toMatchObject({
      kind: 'FAILED',
      message: expect.stringContaining('without hard links'),
    });
    expect(names(dir)).toEqual([]);
  });
});

describe('packs', () => {
  test('256 transactions become one file, and read as before', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    const tip = await appendMany(journal, 2 * PACK_SIZE + 3);
    const before = await journal.read(0);
    journal.pack(tip.seq);
    expect(names(dir)).toEqual([
      '00000513.jsonl',
      '00000514.jsonl',
      '00000515.jsonl',
      'pack-000001.jsonl',
      'pack-000002.jsonl',
    ]);
    const reader = openFiles(dir);
    expect(await reader.read(0)).toEqual(before);
    expect(await reader.read(255, 257)).toEqual(before.slice(255, 257));
    expect(await reader.tip()).toEqual(tip);
    expect(await reader.findRequest('request-300')).toBe(300);
    expect(await reader.findRequest('request-514')).toBe(514);
    expect((await appendMany(reader, 1)).seq).toBe(516);
  });

  test('incomplete groups stay loose, and packing twice does nothing', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await appendMany(journal, PACK_SIZE + 1);
    journal.pack(PACK_SIZE - 1);
    expect(names(dir)).toHaveLength(PACK_SIZE + 1);
    journal.pack(PACK_SIZE + 1);
    const packed = names(dir);
    journal.pack(PACK_SIZE + 1);
    expect(names(dir)).toEqual(packed);
  });

  test('the tip may be the last of a pack', async () => {
    const dir = await packedJournal(PACK_SIZE);
    const journal = openFiles(dir);
    expect((await journal.tip()).seq).toBe(PACK_SIZE);
    expect((await appendMany(journal, 1)).seq).toBe(PACK_SIZE + 1);
    expect(await journal.read(PACK_SIZE - 1)).toHaveLength(2);
  });

  test('what is about a record is found in packs too, and files without its id are not parsed', async () => {
    const dir = await packedJournal(2 * PACK_SIZE + 1);
    const read: string[] = [];
    const journal = openFiles(
      dir,
      beforeReading(path => read.push(basename(path))),
    );
    const found: number[] = [];
    for await (const { seq } of journal.about(new Set(['D7', `D${2 * PACK_SIZE + 1}`]))) found.push(seq);
    expect(found).toEqual([2 * PACK_SIZE + 1, 7]);
    const last = basename(loose(dir, 2 * PACK_SIZE + 1));
    expect(read).toEqual([last, 'pack-000002.jsonl', 'pack-000001.jsonl']);
  });

  test('the pack is on disk before a loose file goes', async () => {
    const dir = emptyJournal();
    await appendMany(openFiles(dir), PACK_SIZE);
    let synced = false;
    const io = hookedIo(
      {
        fsyncSync(fd) {
          if (existsSync(pack(dir, 1)) && unsyncedIo.fstatSync(fd).isDirectory()) synced = true;
        },
        unlinkSync(path) {
          if (!String(path).includes('.tmp-')) expect(synced).toBe(true);
          unsyncedIo.unlinkSync(path);
        },
      },
      unsyncedIo,
    );
    openFiles(dir, io).pack(PACK_SIZE);
    expect(names(dir)).toEqual(['pack-000001.jsonl']);
  });

  test('a writer that slept while its number was taken and packed has lost, and says so', async () => {
    const dir = emptyJournal();
    const others = openFiles(dir);
    const tip = await appendMany(others, 99);
    // It sleeps with its transaction on disk, just before it links the name; meanwhile the others go on and pack.
    const slept: Promise<unknown>[] = [];
    const io = hookedIo(
      {
        linkSync(from, to) {
          if (slept.length === 0) {
            slept.push(Promise.resolve());
            writeAll(others, PACK_SIZE + 5);
          }
          linkSync(from, to);
        },
      },
      unsyncedIo,
    );
    // `append` of a journal in files does all its work before it returns its promise.
    const writeAll = (journal: FileJournal, last: number) => {
      let at = tip;
      while (at.seq < last) {
        const next = commitOf(at.seq + 1);
        void journal.append(at, next);
        at = { seq: at.seq + 1, hash: hashOf(dir, at.seq + 1) };
      }
      journal.pack(last);
    };
    const sleeper = openFiles(dir, io);
    const answer = await sleeper.append(tip, commitOf(100, { by: 'sleeper' }));
    expect(slept).toHaveLength(1);
    expect(existsSync(pack(dir, 1))).toBe(true);
    expect(answer).toBeUndefined();
    const all = await openFiles(dir).read(0);
    expect(all.map(tx => tx.seq)).toEqual(Array.from({ length: PACK_SIZE + 5 }, (_, i) => i + 1));
    expect(all.map(tx => tx.by)).not.toContain('sleeper');
    expect(names(dir).filter(name => name <= '00000256')).toEqual([]);
  });

  test('a writer that slept after it had its number, and was packed meanwhile, has won', async () => {
    const dir = emptyJournal();
    const others = openFiles(dir);
    const tip = await appendMany(others, PACK_SIZE - 1);
    const io = hookedIo(
      {
        existsSync(path) {
          others.pack(PACK_SIZE);
          return existsSync(path);
        },
      },
      unsyncedIo,
    );
    const answer = await openFiles(dir, io).append(tip, commitOf(PACK_SIZE, { by: 'sleeper' }));
    expect(answer).toEqual(await others.tip());
    expect(names(dir)).toEqual(['pack-000001.jsonl']);
  });

  test('it has lost as quietly when a checkpoint takes its name away before it looks', async () => {
    const dir = emptyJournal();
    const others = openFiles(dir);
    await appendMany(others, 99);
    const tip = await others.tip();
    await appendMany(others, PACK_SIZE);
    others.pack(PACK_SIZE);
    const io = hookedIo(
      {
        existsSync(path) {
          others.pack(PACK_SIZE);
          return existsSync(path);
        },
      },
      unsyncedIo,
    );
    expect(await openFiles(dir, io).append(tip, commitOf(100, { by: 'sleeper' }))).toBeUndefined();
    expect(names(dir).filter(name => name <= '00000256')).toEqual([]);
  });

  test('a purge writes a pack once, whatever it erases from it', async () => {
    const dir = await packedJournal(PACK_SIZE + 3);
    const written: string[] = [];
    const io = hookedIo(
      {
        renameSync(from, to) {
          written.push(basename(String(to)));
          renameSync(from, to);
        },
      },
      unsyncedIo,
    );
    const journal = openFiles(dir, io);
    const purge = PACK_SIZE + 4;
    const erased = (await journal.read(0)).filter(({ seq }) => seq % 50 === 8);
    const ids = new Set(erased.map(({ seq }) => `D${seq}`));
    const erases = erased.map(tx => ({ seq: tx.seq, now: encodeLeft(without(tx, ids, purge)).now }));
    await journal.append(await journal.tip(), commitOf(purge, { changes: [], erases }));
    await journal.redact(purge, ids);
    expect(written).toEqual(['00000258.jsonl', 'pack-000001.jsonl']);
    const gone = (await openFiles(dir).read(0)).filter(tx => tx.changes.length === 0).map(tx => tx.seq);
    expect(gone).toEqual([8, 58, 108, 158, 208, 258, purge]);
    await journal.redact(purge, ids);
    expect(written).toHaveLength(2);
  });

  test('two that pack at once make one pack, and lose nothing', async () => {
    const dir = emptyJournal();
    const a = openFiles(dir);
    await appendMany(a, PACK_SIZE + 1);
    const before = await a.read(0);
    let reads = 0;
    const io = beforeReading(() => {
      // Half-way through its own pack, the other one has finished, and the loose files are gone.
      if (++reads === 100) openFiles(dir).pack(PACK_SIZE + 1);
    });
    openFiles(dir, io).pack(PACK_SIZE + 1);
    expect(names(dir)).toEqual(['00000257.jsonl', 'pack-000001.jsonl']);
    expect(await openFiles(dir).read(0)).toEqual(before);
  });

  test('a reader does not mind that files are packed while it reads', async () => {
    const dir = emptyJournal();
    await appendMany(openFiles(dir), PACK_SIZE + 1);
    const packBeforeRead = (nth: number) => {
      let reads = 0;
      return beforeReading(() => {
        if (++reads === nth) openFiles(dir).pack(PACK_SIZE + 1);
      });
    };
    expect(await openFiles(dir, packBeforeRead(100)).read(0)).toHaveLength(PACK_SIZE + 1);

    const other = emptyJournal();
    await appendMany(openFiles(other), PACK_SIZE + 1);
    let reads = 0;
    const io = beforeReading(() => {
      if (++reads === 2) openFiles(other).pack(PACK_SIZE + 1);
    });
    expect(await openFiles(other, io).findRequest('request-7')).toBe(7);
  });
});

/** The hash that the commit line of a loose transaction declares. */
function hashOf(dir: string, seq: number): string {
  const line = readFileSync(loose(dir, seq), 'utf8').trimEnd().split('\n').at(-1)!;
  return (JSON.parse(line) as { hash: string }).hash;
}

describe('loose files that a pack covers', () => {
  /** A journal of 260 whose pack is made, and copies of its first transactions as they were before. */
  async function covered() {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await appendMany(journal, PACK_SIZE + 4);
    const kept = join(dir, '..', 'kept');
    mkdirSync(kept);
    for (const seq of [3, 4]) copyFileSync(loose(dir, seq), loose(kept, seq));
    const before = await journal.read(0);
    journal.pack(PACK_SIZE + 4);
    return { dir, kept, before };
  }

  test('equal to the pack: the packer was killed; ignored, and gone after the next packing', async () => {
    const { dir, kept, before } = await covered();
    for (const seq of [3, 4]) copyFileSync(loose(kept, seq), loose(dir, seq));
    const journal = openFiles(dir);
    expect(await journal.read(0)).toEqual(before);
    expect((await appendMany(journal, 1)).seq).toBe(PACK_SIZE + 5);
    journal.pack(PACK_SIZE + 5);
    expect(names(dir)).not.toContain('00000003.jsonl');
  });

  test('another one that shares its inode with a temporary: never acknowledged; ignored, and gone as well', async () => {
    const { dir, before } = await covered();
    const temporary = join(dir, '.tmp-1-1-1-1');
    writeFileSync(temporary, 'anything');
    linkSync(temporary, loose(dir, 3));
    const journal = openFiles(dir);
    expect(await journal.read(0)).toEqual(before);
    expect((await appendMany(journal, 1)).seq).toBe(PACK_SIZE + 5);
    journal.pack(PACK_SIZE + 5);
    expect(existsSync(loose(dir, 3))).toBe(false);
  });

  test('another one: two histories were mixed; nobody may go on, and nothing is removed', async () => {
    const { dir } = await covered();
    const other = emptyJournal();
    await appendMany(openFiles(other), 3);
    copyFileSync(loose(other, 3), loose(dir, 3));
    const journal = openFiles(dir);
    expect(await damage(journal.tip())).toMatch(/00000003\.jsonl.*two histories/);
    expect(await damage(journal.read(PACK_SIZE))).toMatch(/00000003\.jsonl/);
    expect(() => journal.pack(PACK_SIZE + 4)).toThrow(/00000003\.jsonl/);
    expect(statSync(loose(dir, 3)).size).toBeGreaterThan(0);
  });
});

describe('damage is named, with its file, and never skipped', () => {
  test('a loose file is missing', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await appendMany(journal, 5);
    rmSync(loose(dir, 3));
    const message = await damage(journal.read(0));
    expect(message).toContain(loose(dir, 3));
    expect(message).toContain('the last good one is 2');
    await damage(journal.tip());
    await damage(journal.findRequest('request-5'));
  });

  test('the first one is missing', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await appendMany(journal, 2);
    rmSync(loose(dir, 1));
    expect(await damage(journal.tip())).toContain('the last good one is 0');
  });

  test('a pack is missing', async () => {
    const dir = await packedJournal(2 * PACK_SIZE + 1);
    rmSync(pack(dir, 1));
    const message = await damage(openFiles(dir).tip());
    expect(message).toContain(pack(dir, 1));
    expect(message).toContain('the last good one is 0');

    const last = await packedJournal(2 * PACK_SIZE + 1);
    rmSync(pack(last, 2));
    expect(await damage(openFiles(last).tip())).toContain(`the last good one is ${PACK_SIZE}`);
  });

  test('a file is cut short', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await appendMany(journal, 3);
    const whole = readFileSync(loose(dir, 2));
    for (const length of [0, 1, whole.indexOf(10), whole.indexOf(10) + 1, whole.length - 1]) {
      writeFileSync(loose(dir, 2), whole.subarray(0, length));
      expect(await damage(journal.read(0)), `${length} bytes`).toContain('00000002.jsonl');
    }
  });

  test('any byte of a transaction is another', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await journal.append(
      await journal.tip(),
      commitOf(1, {
        trigger: false,
        undoes: 3,
        changes: [added({ id: 'D1', title: 'Zoë' }, { line: 3 })],
      }),
    );
    const whole = readFileSync(loose(dir, 1));
    for (let at = 0; at < whole.length; at++)
      for (const bit of [1, 32, 128]) {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= bit;
        writeFileSync(loose(dir, 1), bytes);
        expect(await damage(journal.read(0)), `byte ${at}, ${JSON.stringify(bytes.toString())}`).toContain(
          '00000001',
        );
      }
  });

  test('a byte inside a pack is another', async () => {
    const dir = await packedJournal(PACK_SIZE);
    const bytes = readFileSync(pack(dir, 1));
    bytes[bytes.indexOf('Deal 77"')]! ^= 1;
    writeFileSync(pack(dir, 1), bytes);
    const message = await damage(openFiles(dir).read(0));
    expect(message).toContain(pack(dir, 1));
    expect(message).toContain('transaction 77');
  });

  test('a pack whose content does not match its name', async () => {
    const dir = await packedJournal(2 * PACK_SIZE);
    copyFileSync(pack(dir, 1), pack(dir, 2));
    expect(await damage(openFiles(dir).read(0))).toContain(pack(dir, 2));
  });

  test('a transaction stands under another number', async () => {
    const dir = emptyJournal();
    const journal = openFiles(dir);
    await appendMany(journal, 3);
    renameSync(loose(dir, 3), loose(dir, 2));
    expect(await damage(journal.read(0))).toContain(loose(dir, 2));
  });

  test('two histories were put together', async () => {
    const ours = emptyJournal();
    const theirs = emptyJournal();
    await appendMany(openFiles(ours), 3);
    await appendMany(openFiles(theirs), 4);
    copyFileSync(loose(theirs, 4), loose(ours, 4));
    const message = await damage(openFiles(ours).read(0));
    expect(message).toContain(loose(ours, 4));
    expect(message).toContain('two histories');
  });
});

test('a file that has no name of the journal is none of its affair', async () => {
  const dir = emptyJournal();
  const journal = openFiles(dir);
  await appendMany(journal, 2);
  for (const name of ['.tmp-1-2-3', 'README', '00000003.jsonl~', '3.jsonl', 'pack-1.jsonl'])
    writeFileSync(join(dir, name), 'x');
  expect((await journal.tip()).seq).toBe(2);
});

test('a directory that cannot be read is an error, and not an empty journal', async () => {
  const dir = emptyJournal();
  await appendMany(openFiles(dir), 1);
  const readdirSync = () => {
    throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
  };
  const error = await openFiles(dir, hookedIo({ readdirSync } as Partial<Io>))
    .tip()
    .catch(codeOf);
  expect(error).toBe('EACCES');
});
