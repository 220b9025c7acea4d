/** What goes wrong around the store, and what a user then sees: the table of failures, row by row. */
import { recordKinds } from '../../src/kinds/index.ts';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileJournal } from '../../src/store/journal/file-journal.ts';
import { type Io, nodeIo } from '../../src/store/disk/io.ts';
import { contentsOfDirectory } from '../app/directory-hash.ts';
import { copiesOf, emptyDirectory, type RunOptions, TestWorkspace, workspace } from '../harness.ts';
import { hookedIo, unsyncedIo } from '../store/hooked-io.ts';

const thrown = (code: string) =>
  Object.assign(new Error(`${code}: of a test`), { code, errno: -1, syscall: 'x' });
const fails = (code: string) => () => {
  throw thrown(code);
};

/** A disk on which whatever would change it fails. */
const broken = (code: string): Io =>
  hookedIo({
    openSync: (path, flags, mode) => {
      if (flags === 'r' || typeof flags === 'number') return nodeIo.openSync(path, flags, mode);
      throw thrown(code);
    },
    mkdirSync: fails(code) as Io['mkdirSync'],
    linkSync: fails(code),
    renameSync: fails(code),
    unlinkSync: fails(code),
  });

/** A disk that is full from the first byte on: names can still be made. */
const full = hookedIo({ writeSync: fails('ENOSPC') as Io['writeSync'] });

const busy = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('contact add --email jane@example.com --name Jane');
  await ws.ok('deal add Chairs --contact C1 --value 100');
  await ws.ok('task add Call --for D1 --due +1d');
  return ws;
});

const path = (ws: TestWorkspace, ...names: string[]) => join(ws.dir, ...names);
const loose = (ws: TestWorkspace, seq: number) =>
  path(ws, 'data/journal', `${String(seq).padStart(8, '0')}.jsonl`);

/** Runs a command that must fail so, say this, and change no byte; what it says has no stack in it. */
async function refused(
  ws: TestWorkspace,
  args: string | readonly string[],
  code: number,
  said: RegExp,
  options: RunOptions = {},
): Promise<void> {
  const before = contentsOfDirectory(ws.dir, ['.crm']);
  const ran = await ws.crm(args, options);
  expect([ran.code, ran.err], String(args)).toEqual([code, expect.stringMatching(said)]);
  expect(ran.err).not.toMatch(/\n\s+at /);
  expect(ran.err).toContain('Hint: ');
  expect(contentsOfDirectory(ws.dir, ['.crm']), String(args)).toEqual(before);
}

const writers: readonly (readonly [string, RunOptions?])[] = [
  ['deal add Tables'],
  ['deal move D1 in-progress'],
  ['import deals -', { stdin: 'title\nBeds\n' }],
  ['stage add Demo --pipeline sales'],
  ['run'],
  ['undo'],
  ['purge C1 --yes'],
];

describe('disk full, no permission, read-only', () => {
  test.each([
    ['ENOSPC', 'the disk is full', full],
    ['EROFS', 'the disk is read-only', broken('EROFS')],
  ])('%s: whatever writes fails and has saved nothing; readers go on', async (_, said, io) => {
    const ws = await busy();
    for (const [args, options] of writers)
      await refused(ws, args, 1, new RegExp(`${said}.*nothing of this command was saved`), {
        ...options,
        io,
      });
    rmSync(path(ws, '.crm'), { recursive: true });
    const before = contentsOfDirectory(ws.dir, []);
    const readers = ['deal list', 'board', 'history', 'run --dry-run', 'deal add X --dry-run', 'doctor'];
    for (const args of readers) expect((await ws.crm(args, { io })).code, args).toBe(0);
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
    await ws.ok('deal add Tables');
  });

  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EACCES', 'cannot be written: no permission'],
    ['EIO', 'the disk does not read or write'],
  ])('%s: %s', async (code, said) => {
    const ws = await busy();
    const io = broken(code);
    await refused(ws, 'deal add X', 1, new RegExp(`${said}.*nothing of this command was saved`), { io });
    expect((await ws.crm('deal list', { io })).code).toBe(0);
  });

  test('after the commit it is saved, and that is said', async () => {
    const ws = await busy();
    const io = hookedIo({
      renameSync(from, to) {
        if (String(to).includes('/data/')) throw thrown('ENOSPC');
        nodeIo.renameSync(from, to);
      },
    });
    const ran = await ws.crm('deal add Tables', { io });
    expect([ran.code, ran.out]).toEqual([0, 'D2\n']);
    expect(ran.err).toMatch(/Warning: saved, but the snapshots could not be brought up to date: /);
    expect(await ws.ok('deal list --fields title')).toBe('Chairs\nTables\n');
    expect((await ws.crm('doctor')).code).toBe(0);
  });
});

test('killed after the link, before the answer: it is committed, and asking again with the request id does nothing', async () => {
  const ws = await busy();
  let linked = false;
  const dead = <A extends unknown[], R>(call: (...args: A) => R) =>
    ((...args: A) => {
      if (linked) throw new Error('killed');
      return call(...args);
    }) as never;
  const io: Io = {
    ...unsyncedIo,
    linkSync(from, to) {
      nodeIo.linkSync(from, to);
      linked ||= String(to).endsWith('00000005.jsonl');
    },
    unlinkSync: dead(nodeIo.unlinkSync),
    openSync: dead(nodeIo.openSync),
    readFileSync: dead(nodeIo.readFileSync as never),
  };
  const args = 'deal add Tables --request-id once';
  expect((await ws.crm(args, { io })).code).not.toBe(0);
  rmSync(path(ws, '.crm/lock'), { force: true });
  const again = await ws.crm(args);
  expect([again.code, again.out]).toEqual([0, 'D2\n']);
  expect(await ws.ok('deal list --fields title')).toBe('Chairs\nTables\n');
});

describe('snapshots that are newer than the journal', () => {
  test('the journal wins for readers; nothing is written until doctor is told which to keep', async () => {
    const ws = await busy();
    await ws.ok('deal set D1 title=Newer');
    const last = readFileSync(loose(ws, 5));
    rmSync(loose(ws, 5));
    const read = await ws.crm('deal list --fields title');
    expect([read.code, read.out]).toEqual([0, 'Chairs\n']);
    expect(read.err).toMatch(/Warning: .*deals\.jsonl is of transaction 5, and the journal ends at 4/);
    for (const [args, options] of writers.filter(([a]) => a !== 'undo'))
      await refused(
        ws,
        args,
        5,
        /is of transaction 5, and the journal ends at 4; nothing was saved/,
        options,
      );
    const report = await ws.crm('doctor');
    expect([report.code, report.out]).toEqual([5, expect.stringContaining('D1 title: Chairs → Newer')]);
    // Either the newer journal is put back,
    writeFileSync(loose(ws, 5), last);
    expect(await ws.ok('deal list --fields title')).toBe('Newer\n');
    // or the older one is kept.
    rmSync(loose(ws, 5));
    await ws.ok('doctor --fix');
    await ws.ok('deal add Tables');
    expect(await ws.ok('deal list --fields title')).toBe('Chairs\nTables\n');
  });
});

describe('a clock that goes back', () => {
  const earlier = { env: { CRM_NOW: '' } };

  test('is said, and the order of changes is right all the same', async () => {
    const ws = await busy();
    ws.now = '2026-09-14T07:59:30.000Z';
    expect((await ws.crm('deal set D1 title=One', earlier)).err).toBe('changed D1\n');
    ws.now = '2026-09-01T00:00:00.000Z';
    const ran = await ws.crm('deal set D1 title=Two', earlier);
    expect([ran.code, ran.err]).toEqual([
      0,
      expect.stringMatching(
        /^Warning: the clock says 2026-09-01T00:00:00.000Z, and the last change was made at 2026-09-14/,
      ),
    ]);
    expect(await ws.ok('deal list --fields title')).toBe('Two\n');
    expect(await ws.ok('history D1 --limit 1 --fields tx')).toBe('6\n');
    // Who only reads, or says what time it is, is not warned.
    expect((await ws.crm('deal list', earlier)).err).toBe('');
    expect((await ws.crm('deal set D1 title=Three', { now: '2026-08-01T00:00:00Z' })).err).toBe(
      'changed D1\n',
    );
  });

  test('a sweep before the last one names that one, and exits 1', async () => {
    const ws = await busy();
    await ws.ok('run');
    const ran = await ws.crm('run', { now: '2026-09-13T08:00:00.000Z' });
    expect([ran.code, ran.err]).toEqual([
      1,
      expect.stringMatching(
        /2026-09-13T08:00:00.000Z, is before the time of the last sweep, 2026-09-14T08:00:00.000Z/,
      ),
    ]);
  });
});

describe('a newer format', () => {
  test('is refused, whatever is asked, and no byte is changed', async () => {
    const ws = await busy();
    const file = path(ws, 'data/deals.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format":1', '"format":3'));
    for (const [args, options] of [...writers, ['deal list'] as const, ['status'] as const])
      await refused(ws, args, 5, /written in format 3 by a newer crm; this one knows 2/, options);
    expect((await ws.crm('doctor')).code).toBe(5);
  });

  test('fields that this crm does not know survive', async () => {
    const ws = await busy();
    let count = 0;
    const journal = new FileJournal(
      unsyncedIo,
      path(ws, 'data/journal'),
      { name: () => `.tmp-${process.pid}-0-${++count}-1` },
      () => 'salt',
      recordKinds,
    );
    await journal.append(await journal.tip(), {
      request: 'newer',
      at: '2026-09-14T08:00:00.000Z',
      by: 'ana',
      via: 'deal set',
      changes: [{ kind: 'deal', id: 'D1', set: { mood: [null, { is: 'good' }] } }],
    });
    await ws.ok('deal set D1 title=Two');
    await ws.ok('deal rm D1');
    await ws.ok('deal restore D1');
    expect(readFileSync(path(ws, 'data/deals.jsonl'), 'utf8')).toContain('"mood":{"is":"good"}');
    expect((await ws.crm('doctor')).code).toBe(0);
  });
});

describe('file systems that are not a disk', () => {
  const on = (type: number) => hookedIo({ statfsSync: (() => ({ type })) as unknown as Io['statfsSync'] });

  test('a network file system: not written to, unless it is allowed', async () => {
    const ws = await busy();
    for (const [type, name] of [
      [0x6969, 'NFS'],
      [0xff534d42, 'CIFS'],
      // As a signed number of 32 bits.
      [0xff534d42 | 0, 'CIFS'],
    ] as const) {
      await refused(
        ws,
        'deal add Tables',
        1,
        new RegExp(`network file system \\(${name}\\).*nothing was saved\nHint: .*--allow-network-fs`),
        {
          io: on(type),
        },
      );
      expect((await ws.crm('deal list', { io: on(type) })).code).toBe(0);
    }
    const ran = await ws.crm('deal add Tables --allow-network-fs', { io: on(0x6969) });
    expect([ran.code, ran.out]).toEqual([0, 'D2\n']);
    // ext4, and one whose type cannot be had.
    await ws.ok('deal add Beds', { io: on(0xef53) });
    await ws.ok('deal add Lamps', { io: hookedIo({ statfsSync: fails('ENOSYS') as never }) });
    const empty = new TestWorkspace(emptyDirectory());
    await refused(empty, 'init new --template sales', 1, /is on a network file system/, { io: on(0x6969) });
  });

  test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP'])('one without hard links (%s)', async code => {
    const ws = await busy();
    const io = hookedIo({ linkSync: fails(code) });
    for (const [args, options] of writers.slice(0, 3))
      await refused(ws, args, 1, /is on a file system without hard links\nHint: nothing was saved/, {
        ...options,
        io,
      });
    expect((await ws.crm('deal list', { io })).code).toBe(0);
  });
});

describe('the lock', () => {
  const stat = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19];
  const boot = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const hold = (ws: TestWorkspace, owner: object) => {
    mkdirSync(path(ws, '.crm'), { recursive: true });
    writeFileSync(path(ws, '.crm/lock'), JSON.stringify(owner));
  };
  const parent = () => ({ pid: process.ppid, start: stat(process.ppid), boot: boot(), host: 'test' });

  test('of a living process: exit 4, with the holder and what to do; readers are not affected', async () => {
    const ws = await busy();
    hold(ws, parent());
    await refused(
      ws,
      'deal add Tables --lock-timeout 0.05',
      4,
      new RegExp(`locked by process ${process.ppid} on test\nHint: nothing was saved.*--lock-timeout`),
    );
    hold(ws, { ...parent(), host: 'another' });
    await refused(ws, 'deal add Tables --lock-timeout 0', 4, /on another/);
    await ws.ok('deal list');
  });

  test.each([
    ['that is gone', () => ({ ...parent(), pid: 999_999_999 })],
    ['whose number another process has by now', () => ({ ...parent(), start: '1' })],
    ['of another boot', () => ({ ...parent(), boot: 'another' })],
  ])('of a process %s is not an obstacle', async (_, owner) => {
    const ws = await busy();
    hold(ws, owner());
    await ws.ok('deal add Tables --lock-timeout 0');
    expect((await ws.crm('doctor --json')).json<{ findings: unknown[] }>().findings).toEqual([]);
  });

  test('two sweeps at once: one commits, the other finds nothing left', async () => {
    const ws = await busy();
    const ran = await Promise.all([1, 2, 3].map(() => ws.crm('run --json')));
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
    const results = ran.map(each => each.json<{ tx: number | null; transitions: unknown[] }>());
    expect(results.filter(({ tx }) => tx !== null)).toHaveLength(1);
    expect(results.flatMap(({ transitions }) => transitions)).toHaveLength(1);
  });
});
