import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../../src/domain/errors.ts';
import { closingIo, nodeIo } from '../../../src/store/disk/io.ts';
import { type LockOptions, withLock } from '../../../src/store/disk/lock.ts';
import { isGone, type Owner, thisOwner } from '../../../src/store/disk/owner.ts';
import { emptyDirectory, workspace } from '../../harness.ts';
import { beforeReading, hookedIo, unsyncedIo } from '../hooked-io.ts';

const me = thisOwner(nodeIo, process.pid, 'here');
const parent = thisOwner(nodeIo, process.ppid, 'here');

let count = 0;

function options(dir: string, owner: Owner, extra: Partial<LockOptions> = {}): LockOptions {
  return {
    io: unsyncedIo,
    dir,
    owner,
    temporary: { name: () => `.tmp-0-0-${++count}` },
    timeout: 0,
    random: () => 0.5,
    ...extra,
  };
}

const lockOf = (dir: string) => join(dir, 'lock');
const holder = (dir: string) => JSON.parse(readFileSync(lockOf(dir), 'utf8')) as Owner;
const hold = (dir: string, owner: object) => writeFileSync(lockOf(dir), JSON.stringify(owner));

test('a process is looked up once, though each of its commands has an Io of its own', () => {
  const read: string[] = [];
  const readFileSync = ((path: string) => {
    read.push(String(path));
    return nodeIo.readFileSync(path);
  }) as typeof nodeIo.readFileSync;
  const io = hookedIo({ readFileSync });
  const owners = [1, 2].map(() => thisOwner(closingIo(io).io, process.pid, 'here'));
  expect(owners).toEqual([me, me]);
  expect(read.sort()).toEqual([`/proc/${process.pid}/stat`, '/proc/sys/kernel/random/boot_id']);
});

describe('the lock', () => {
  test('names its owner while the work goes on, and is gone afterwards, however the work ends', async () => {
    const dir = emptyDirectory();
    const result = await withLock(options(dir, me), async () => {
      expect(holder(dir)).toEqual(me);
      return 'done';
    });
    expect(result).toBe('done');
    const failure = new Error('no');
    await expect(withLock(options(dir, me), () => Promise.reject(failure))).rejects.toBe(failure);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('that cannot be read any more does not undo what was done under it', async () => {
    const io = beforeReading(path => {
      if (path.endsWith('lock')) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    const dir = emptyDirectory();
    expect(await withLock(options(dir, me, { io }), async () => 'done')).toBe('done');
  });

  test('one at a time, and all of them in the end', async () => {
    const dir = emptyDirectory();
    let inside = 0;
    let done = 0;
    const work = async () => {
      expect(++inside).toBe(1);
      await new Promise(resolve => setTimeout(resolve, 5));
      inside--;
      done++;
    };
    // As many processes would: no two owners are the same.
    const owners = Array.from({ length: 8 }, (_, i) => ({ ...me, host: `host ${i}` }));
    await Promise.all(owners.map(owner => withLock(options(dir, owner, { timeout: 60_000 }), work)));
    expect(done).toBe(8);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('a command that waits in vain names the holder: a conflict, exit 4', async () => {
    const dir = emptyDirectory();
    hold(dir, parent);
    let worked = false;
    const waiting = withLock(options(dir, me, { timeout: 30 }), async () => {
      worked = true;
    });
    await expect(waiting).rejects.toMatchObject({
      kind: 'CONFLICT',
      message: `the workspace is locked by process ${process.ppid} on here`,
      hint: expect.stringContaining('--lock-timeout'),
    });
    expect(exitCodes.CONFLICT).toBe(4);
    expect(worked).toBe(false);
    expect(holder(dir)).toEqual(parent);
    expect(readdirSync(dir)).toEqual(['lock']);
  });

  test('it is waited for, and had when it becomes free', async () => {
    const dir = emptyDirectory();
    hold(dir, parent);
    setTimeout(() => rmSync(lockOf(dir)), 30);
    expect(await withLock(options(dir, me, { timeout: 60_000 }), async () => holder(dir).pid)).toBe(me.pid);
  });

  test.each([
    ['whose process is gone', { ...me, pid: 999_999_999 }],
    ['whose number another process has by now', { ...me, start: `${me.start}1` }],
    ['of before the machine was started', { ...parent, boot: 'another boot' }],
  ])('one %s is taken over at once', async (_, dead) => {
    const dir = emptyDirectory();
    hold(dir, dead);
    expect(await withLock(options(dir, me), async () => holder(dir))).toEqual(me);
    expect(readdirSync(dir)).toEqual([]);
  });

  test.each([
    ['of a living process', parent],
    ['of another machine, which cannot be asked', { ...me, pid: 999_999_999, host: 'elsewhere' }],
    ['that cannot be read', 'nobody'],
  ])('one %s is left alone', async (_, owner) => {
    const dir = emptyDirectory();
    hold(dir, owner as object);
    await expect(withLock(options(dir, me), async () => undefined)).rejects.toMatchObject({
      kind: 'CONFLICT',
    });
    expect(readFileSync(lockOf(dir), 'utf8')).toBe(JSON.stringify(owner));
  });

  test.each([
    ['nothing', ''],
    ['zeros', '\0'.repeat(88)],
    ['a part', JSON.stringify(parent).slice(0, 40)],
  ])('one of which a power cut left %s is taken over at once', async (_, left) => {
    const dir = emptyDirectory();
    writeFileSync(lockOf(dir), left);
    expect(await withLock(options(dir, me), async () => holder(dir))).toEqual(me);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('age is not a reason to take it', async () => {
    const dir = emptyDirectory();
    hold(dir, parent);
    utimesSync(lockOf(dir), 0, 0);
    await expect(withLock(options(dir, me), async () => undefined)).rejects.toMatchObject({
      kind: 'CONFLICT',
    });
  });

  test('a lock that somebody else has by the end is not removed', async () => {
    const dir = emptyDirectory();
    await withLock(options(dir, me), async () => {
      rmSync(lockOf(dir));
      hold(dir, parent);
    });
    expect(holder(dir)).toEqual(parent);
    rmSync(lockOf(dir));
    // Nor is it an error that there is none.
    await withLock(options(dir, me), async () => rmSync(lockOf(dir)));
  });

  test('of two that find a dead owner, one gets the lock, and the other does not take it away', async () => {
    const dir = emptyDirectory();
    const dead = { ...me, pid: 999_999_999 };
    hold(dir, dead);
    // The slow one has seen the dead owner; before it acts, the fast one has cleared that lock and taken its own.
    let slow = true;
    const io = hookedIo(
      {
        renameSync(from, to) {
          if (slow) {
            slow = false;
            rmSync(lockOf(dir));
            hold(dir, parent);
          }
          renameSync(from, to);
        },
      },
      unsyncedIo,
    );
    await expect(withLock(options(dir, me, { io }), async () => undefined)).rejects.toMatchObject({
      kind: 'CONFLICT',
      message: expect.stringContaining(`process ${process.ppid}`),
    });
    expect(slow).toBe(false);
    expect(holder(dir)).toEqual(parent);
    expect(readdirSync(dir)).toEqual(['lock']);
  });
});

test('an owner is known by pid, start and boot; this process and its parent are not gone', () => {
  expect(me).toMatchObject({ pid: process.pid, host: 'here' });
  expect(isGone(nodeIo, me, 'here')).toBe(false);
  expect(isGone(nodeIo, parent, 'here')).toBe(false);
  // A system that does not tell when a process started: alive as long as its number is taken.
  expect(isGone(nodeIo, { ...me, start: '' }, 'here')).toBe(false);
});

test('a command that cannot have the lock exits 4, names the holder, and has changed nothing', async () => {
  const ws = await workspace('sales');
  mkdirSync(join(ws.dir, '.crm'), { recursive: true });
  hold(join(ws.dir, '.crm'), { ...parent, host: 'test' });
  const ran = await ws.crm('deal add Chairs --lock-timeout 0.05');
  expect(ran.code).toBe(4);
  expect(ran.err).toContain(`locked by process ${process.ppid} on test`);
  expect(await ws.json('deal list')).toEqual([]);
  expect(existsSync(join(ws.dir, 'data/deals.jsonl'))).toBe(false);
});
