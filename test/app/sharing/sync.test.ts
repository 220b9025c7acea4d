import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Tip } from '../../../src/store/journal/journal.ts';
import { Replica } from '../../../src/store/remotes/replica.ts';
import type { Sealed } from '../../../src/store/journal/sealed.ts';
import { emptyDirectory } from '../../harness.ts';
import { Machine, team } from './machines.ts';

const { remote: open } = Replica.prototype;

const waitingIn = ({ dir }: Machine): string[] => {
  const path = join(dir, 'data', 'offline');
  return existsSync(path) ? readdirSync(path) : [];
};

describe('a shared workspace', () => {
  test('is the same on every machine, and connects to nothing from a copy', async () => {
    const { machines, url, dir } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await b.ok(['deal', 'add', 'Lamps']);
    expect(await b.deals()).toEqual(['D1 40 chairs 5000.00', 'D102 Lamps 0.00']);
    // Readers ask nobody; the next write takes in.
    expect(await a.deals()).toEqual(['D1 40 chairs 5000.00']);
    await a.ok('deal set D1 value=7000');
    expect(await a.deals()).toEqual(['D1 40 chairs 7000.00', 'D102 Lamps 0.00']);
    expect(await b.crm('sync')).toMatchObject({ code: 0, err: 'took in 1 transaction, shared 0\n' });
    expect(await b.deals()).toEqual(await a.deals());
    const journal = (machine: Machine) =>
      readdirSync(join(machine.dir, 'data', 'journal')).map(name =>
        readFileSync(join(machine.dir, 'data', 'journal', name), 'utf8'),
      );
    expect(journal(a)).toEqual(journal(b));
    expect(
      readdirSync(join(dir, 'journal')).map(name => readFileSync(join(dir, 'journal', name), 'utf8')),
    ).toEqual(journal(a));
    for (const machine of machines) await machine.sound();
    const copy = new Machine(`${a.dir}-copy`, a.state);
    cpSync(a.dir, copy.dir, { recursive: true });
    expect(await copy.crm('sync')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no remote on this machine'),
    });
    await copy.ok('deal add Alone');
    expect(await b.crm('sync')).toMatchObject({ err: 'took in 0 transactions, shared 0\n' });
    for (const name of readdirSync(copy.dir, { recursive: true, encoding: 'utf8' }).filter(each =>
      /\.(json|jsonl|yaml)$/.test(each),
    ))
      expect(readFileSync(join(copy.dir, name), 'utf8')).not.toContain(url);
    rmSync(copy.dir, { recursive: true });
  });

  test('is not written if the remote cannot be reached, unless offline', async () => {
    const { machines, dir } = await team(1);
    const [a] = machines as [Machine];
    renameSync(dir, `${dir}.away`);
    const before = await a.deals();
    expect(await a.crm('deal set D1 value=7000')).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /cannot be reached: there is no such directory; nothing was saved\n.*--offline/,
      ),
    });
    expect(await a.deals()).toEqual(before);
    expect(waitingIn(a)).toEqual([]);
    await a.ok('--offline deal set D1 value=7000');
    expect(await a.deals()).toEqual(['D1 40 chairs 7000.00']);
    expect(waitingIn(a)).toHaveLength(1);
    await a.sound();
    renameSync(`${dir}.away`, dir);
    expect(await a.crm('deal set D1 value=8000')).toMatchObject({
      code: 4,
      err: expect.stringMatching(/not shared yet; nothing was done\n.*crm sync/),
    });
    expect(await a.crm('sync')).toMatchObject({ code: 0, err: 'took in 0 transactions, shared 1\n' });
    expect(waitingIn(a)).toEqual([]);
    await a.ok('deal set D1 value=8000');
    await a.sound();
  });

  test('a request that is repeated from another machine is done once', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await a.ok(['deal', 'add', 'Lamps', '--request-id', 'r-1']);
    await b.ok(['deal', 'add', 'Lamps', '--request-id', 'r-1']);
    expect(await b.deals()).toEqual(['D1 40 chairs 5000.00', 'D2 Lamps 0.00']);
  });
});

describe('changes made offline', () => {
  test('that need a setting of a file which stays as others have it are contradictions too', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await b.ok('sync');
    await b.ok('--offline stage add Demo');
    await b.ok('--offline deal move D1 demo');
    await b.ok('--offline deal set D1 value=9000');
    await a.ok('stage add Trial');
    const { code, out } = await b.crm('sync');
    expect([code, out]).toEqual([
      4,
      expect.stringMatching(
        /^pipelines\/sales\.yaml: .*\nD1: stage is "to-contact" with others and "demo" here/,
      ),
    ]);
    const stageOf = async (machine: Machine) =>
      (JSON.parse(await machine.ok('deal show D1 --json')) as { stage: string; value: string }).stage;
    expect(await b.deals()).toEqual(['D1 40 chairs 9000.00']);
    expect(await stageOf(b)).toBe(await stageOf(a));
    await b.sound();
    await b.ok('--offline stage add Demo');
    expect((await b.crm('sync --mine D1')).err).toMatch(/^settled 1 conflict of D1\n/);
    await b.ok('sync --theirs pipelines/sales.yaml');
    await a.ok('sync');
    for (const machine of machines) {
      expect(await stageOf(machine)).toBe('demo');
      await machine.sound();
    }
  });

  test('that add what needs such a setting wait in the list until it is there', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await b.ok('sync');
    await b.ok('--offline stage add Demo');
    await b.ok(['--offline', 'deal', 'add', 'Lamps', '--stage', 'demo']);
    await b.ok('--offline deal set D102 value=12');
    await b.ok(['--offline', 'task', 'add', 'Call', '--for', 'D102']);
    await a.ok('stage add Trial');
    const { code, out } = await b.crm('sync');
    expect([code, out]).toEqual([
      4,
      expect.stringMatching(
        /^pipelines\/sales\.yaml: .*\nD102: needs stage "demo", which is not with others .*\nD102: .*\nT101: belongs to D102/,
      ),
    ]);
    expect(await b.deals()).toEqual(['D1 40 chairs 5000.00']);
    await b.sound();
    expect(await b.crm('sync --mine D102')).toMatchObject({
      code: 2,
      err: expect.stringContaining('D102 needs stage "demo", which the settings do not have'),
    });
    await b.ok('--offline stage add Demo');
    for (const named of ['D102', 'T101']) await b.crm(`sync --mine ${named}`);
    await b.ok('sync --theirs pipelines/sales.yaml');
    await a.ok('sync');
    for (const machine of machines) {
      expect(await machine.deals()).toEqual(['D1 40 chairs 5000.00', 'D102 Lamps 12.00']);
      expect(JSON.parse(await machine.ok('task show T101 --json'))).toMatchObject({ for: 'D102' });
      await machine.sound();
    }
  });

  test('keep their ids, come on top of those of others, and contradictions are listed and settled', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    for (const machine of machines) {
      const title = machine === a ? 'Sofas' : 'Lamps';
      await machine.ok(['--offline', 'deal', 'set', 'D1', `value=${machine === a ? 7000 : 6000}`]);
      await machine.ok(['--offline', 'deal', 'add', title]);
    }
    await b.ok('--offline deal tag D1 +vip');
    await a.ok('--offline deal tag D1 +urgent');
    await a.ok('sync');
    const synced = await b.crm('sync --json');
    expect(synced.code).toBe(4);
    expect(synced.json<{ conflicts: object[] }>()).toMatchObject({
      received: 3,
      conflicts: [
        { id: 'D1', change: { set: { value: ['5000.00', '6000.00'] } }, theirs: { value: '7000.00' } },
      ],
    });
    await a.ok('sync');
    for (const machine of machines) {
      expect(await machine.deals()).toEqual(['D1 40 chairs 7000.00', 'D2 Sofas 0.00', 'D102 Lamps 0.00']);
      expect((await machine.json<{ tags: string[] }>('deal show D1')).tags.sort()).toEqual(['urgent', 'vip']);
      await machine.sound();
    }
    expect(await b.crm('sync')).toMatchObject({
      code: 4,
      err: expect.stringContaining('1 conflict: crm sync --mine D1'),
    });
    expect(await b.crm('sync --mine D2')).toMatchObject({
      code: 3,
      err: expect.stringMatching(/D2 has no conflict\n.*D1/),
    });
    expect(await b.crm('sync --mine D1')).toMatchObject({ code: 0 });
    await a.ok('sync');
    expect((await a.deals())[0]).toBe('D1 40 chairs 6000.00');
    expect(await b.crm('sync')).toMatchObject({ code: 0 });
  });

  test('a conflict is settled by --theirs, and by hand', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    const contradict = async (n: number) => {
      await b.ok(`--offline deal set D1 value=${n}`);
      await a.ok('sync');
      await a.ok(`deal set D1 value=${n + 1}`);
      expect(await b.crm('sync')).toMatchObject({
        code: 4,
        err: expect.stringContaining('1 conflict: crm sync --mine D1'),
      });
    };
    await contradict(100);
    expect(await b.crm('sync --theirs D1')).toMatchObject({ code: 0 });
    expect((await b.deals())[0]).toBe('D1 40 chairs 101.00');
    await contradict(200);
    await b.ok('deal set D1 value=200');
    expect(await b.crm('sync')).toMatchObject({ code: 0 });
    await a.ok('sync');
    expect(await a.deals()).toEqual(['D1 40 chairs 200.00']);
  });

  test('take their numbers from a block of their own, and are refused when it is used up', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    const rows = (n: number) => `title\n${Array.from({ length: n }, (_, i) => `Deal ${i}\n`).join('')}`;
    const stdin = rows(101);
    const all = await b.crm('--offline import deals - --yes', { stdin });
    expect(all).toMatchObject({ code: 1, err: expect.stringMatching(/used up .*crm sync --ids 5000/) });
    expect(await b.deals()).toHaveLength(1);
    await b.ok('sync --ids 200');
    await b.ok('--offline import deals - --yes', { stdin });
    await a.ok('--offline deal add Sofas');
    await a.ok('sync');
    await b.ok('sync');
    await a.ok('sync');
    const deals = await a.deals();
    expect(deals).toEqual(await b.deals());
    expect(new Set(deals.map(deal => deal.split(' ')[0])).size).toBe(103);
  });

  test('a contact that both added keeps both ids, and the second one is without the key', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    for (const machine of machines)
      await machine.ok(['--offline', 'contact', 'add', 'Jane Roe', '--email', 'jane@example.com']);
    await a.ok('sync');
    const synced = await b.crm('sync --json');
    expect(synced.json<{ conflicts: object[] }>().conflicts).toMatchObject([
      { id: 'C101', change: { set: { email: [null, 'jane@example.com'] } } },
    ]);
    const contacts = await b.json<{ id: string; email: string | null }[]>('contact list');
    expect(contacts.map(({ id, email }) => [id, email])).toEqual([
      ['C1', 'jane@example.com'],
      ['C101', null],
    ]);
    await b.sound();
  });

  test('a sync that was cut short after it set them aside is finished by the next one', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await b.ok('--offline deal add Lamps');
    await b.ok('--offline deal set D102 value=12');
    renameSync(join(b.dir, 'data', 'offline'), join(b.dir, 'data', 'parted'));
    expect(await b.crm('deal set D1 value=1')).toMatchObject({ code: 4 });
    expect(await b.ok('status', { tty: 160 })).toContain(
      '2 changes not shared yet: crm sync; a sync was cut short',
    );
    expect(await b.crm('doctor')).toMatchObject({
      out: expect.stringContaining('a sync was cut short: 2 transactions of this machine wait there'),
    });
    await a.ok('deal set D1 value=7000');
    // A new deal would get a number of one that is set aside.
    expect(await b.crm('--offline deal add Tables')).toMatchObject({
      code: 4,
      err: expect.stringContaining('a sync was cut short'),
    });
    expect(await b.crm('sync')).toMatchObject({ code: 0 });
    await b.ok('deal add Tables');
    await a.ok('sync');
    expect(await a.deals()).toEqual(await b.deals());
    expect(await a.deals()).toEqual(['D1 40 chairs 7000.00', 'D102 Lamps 12.00', 'D103 Tables 0.00'].sort());
    expect(existsSync(join(b.dir, 'data', 'parted'))).toBe(false);
    await b.sound();
  });
});

describe('files that people write', () => {
  const read = ({ dir }: Machine, path = 'pipelines/sales.yaml') => readFileSync(join(dir, path), 'utf8');
  const edit = ({ dir }: Machine, from: string | RegExp, to: string, path = 'pipelines/sales.yaml') =>
    writeFileSync(join(dir, path), readFileSync(join(dir, path), 'utf8').replace(from, to));

  test('follow what others did where nobody edited them, and are merged by lines where somebody did', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    await a.ok(['user', 'add', 'ben', '--role', 'normal']);
    edit(b, /^name:.*$/m, 'name: Our sales');
    await b.ok('deal set D1 value=1');
    expect(read(b, 'crm.yaml')).toContain('ben');
    expect(read(b)).toContain('name: Our sales');
    await a.ok('sync');
    expect(read(a)).toContain('name: Our sales');
    for (const machine of machines) await machine.sound();
  });

  test('a contradiction stops online changes until one side is chosen', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    edit(a, /^name:.*$/m, 'name: Theirs');
    await a.ok('deal set D1 value=1');
    edit(b, /^name:.*$/m, 'name: Mine');
    const before = readdirSync(join(b.dir, 'data', 'journal'));
    expect(await b.crm('deal set D1 value=2')).toMatchObject({
      code: 4,
      err: expect.stringMatching(
        /^Error: pipelines\/sales.yaml: was edited here and by others.*nothing was done/,
      ),
    });
    expect(readdirSync(join(b.dir, 'data', 'journal'))).toEqual(before);
    expect(read(b)).toContain('name: Mine');
    expect(await b.crm('sync --mine pipelines/sales.yaml')).toMatchObject({ code: 0 });
    await b.ok('deal set D1 value=2');
    await a.ok('sync');
    expect(read(a)).toContain('name: Mine');
    for (const machine of machines) await machine.sound();
  });

  test('edits made offline are merged by lines, and a contradiction is listed and settled', async () => {
    const { machines } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    edit(a, /^name:.*$/m, 'name: Theirs');
    await a.ok(['--offline', 'user', 'add', 'ben', '--role', 'normal']);
    await a.ok('sync');
    edit(b, /^name:.*$/m, 'name: Mine');
    await b.ok('--offline deal set D1 value=2');
    expect(await b.crm('sync')).toMatchObject({
      code: 4,
      out: expect.stringMatching(/^pipelines\/sales.yaml: /),
    });
    expect(read(b)).toContain('name: Theirs');
    expect(read(b, 'crm.yaml')).toContain('ben');
    expect(await b.crm('sync --mine pipelines/sales.yaml')).toMatchObject({ code: 0 });
    expect(read(b)).toContain('name: Mine');
    await a.ok('sync');
    expect(read(a)).toContain('name: Mine');
    for (const machine of machines) await machine.sound();
  });
});

describe('a remote', () => {
  test('that lost what it had is named, refused, and gets it back', async () => {
    const { machines, dir } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    cpSync(dir, `${dir}.backup`, { recursive: true });
    await a.ok('deal set D1 value=7000');
    rmSync(dir, { recursive: true });
    renameSync(`${dir}.backup`, dir);
    expect(await a.crm('deal set D1 value=8000')).toMatchObject({
      code: 5,
      err: expect.stringMatching(
        /ends at transaction 4, and had 5: it was rolled back; nothing was taken in\n.*crm remote repair/,
      ),
    });
    expect(await a.crm('remote repair --yes')).toMatchObject({ code: 0, err: 'put back 1 transaction\n' });
    await a.ok('deal set D1 value=8000');
    await b.ok('sync');
    expect(await b.deals()).toEqual(['D1 40 chairs 8000.00']);
  });

  test('with another history is named and refused, and nothing is put over either side', async () => {
    const { machines, dir } = await team(2);
    const [a, b] = machines as [Machine, Machine];
    cpSync(dir, `${dir}.backup`, { recursive: true });
    await a.ok('deal set D1 value=7000');
    rmSync(dir, { recursive: true });
    renameSync(`${dir}.backup`, dir);
    await b.ok('deal set D1 value=6000');
    for (const command of ['deal set D1 value=8000', 'sync', 'remote repair'])
      expect(await a.crm(command)).toMatchObject({
        code: 5,
        err: expect.stringMatching(/its history was replaced|transactions in common/),
      });
    expect((await a.crm('remote repair')).err).toMatch(
      /the first 4 transactions in common; after that, the remote has 1 more, and this machine 1; nothing was changed\n/,
    );
    expect(await a.deals()).toEqual(['D1 40 chairs 7000.00']);
  });

  test('has one workspace, and another one is refused', async () => {
    const { url, machines } = await team(1);
    const other = new Machine(join(machines[0]!.dir, '..', 'other'), machines[0]!.state);
    await other.ok(['init', other.dir, '--name', 'Other'], { cwd: '/' });
    await other.ok('deal add Alone');
    expect(await other.crm(['remote', 'add', url])).toMatchObject({
      code: 1,
      err: expect.stringContaining('has the journal of another workspace'),
    });
    expect(await other.crm('remote show')).toMatchObject({
      code: 1,
      err: expect.stringContaining('has no remote on this machine'),
    });
  });

  test('that is forgotten leaves what waited in the workspace alone', async () => {
    const { machines } = await team(1);
    const [a] = machines as [Machine];
    await a.ok('--offline deal add Lamps');
    await a.ok('remote rm --yes');
    expect(waitingIn(a)).toEqual([]);
    await a.ok('deal add Alone');
    expect(await a.deals()).toEqual(['D1 40 chairs 5000.00', 'D2 Lamps 0.00', 'D102 Alone 0.00']);
    await a.sound();
  });
});

test('a purge takes a person out of the remote and of every replica that syncs', async () => {
  const { machines, dir } = await team(2);
  const [a, b] = machines as [Machine, Machine];
  await a.ok(['contact', 'add', 'Jane Roe', '--email', 'jane@example.com']);
  await b.ok('sync');
  expect(await a.crm('purge C1 --yes')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/backups of the directory; nothing was erased\n.*--acknowledge-remote/),
  });
  await b.ok('--offline deal add Lamps');
  expect(await b.crm('purge C1 --yes --acknowledge-remote')).toMatchObject({
    code: 4,
    err: expect.stringContaining(
      'a purge comes after the change of this machine that is not shared yet; nothing was done',
    ),
  });
  await a.ok('purge C1 --yes --acknowledge-remote');
  await b.ok('sync');
  await b.ok('deal set D1 value=1');
  await a.ok('sync');
  const texts = (path: string) =>
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.(jsonl?|cols|yaml)$/.test(name))
      .map(name => readFileSync(join(path, name), 'latin1'))
      .join('');
  for (const path of [dir, a.dir, b.dir, b.cacheHome]) expect(texts(path)).not.toMatch(/jane/i);
  const c = new Machine(`${b.dir}-3`, `${b.state}-3`);
  await c.ok(['clone', dir, c.dir], { cwd: '/' });
  for (const machine of [a, b, c]) await machine.sound();
  expect(await c.deals()).toEqual(await a.deals());
  for (const each of [c.dir, c.cacheHome]) rmSync(each, { recursive: true });
});

test('a purge that the remote did not get is in status until a sync finishes it', async () => {
  const [a] = (await team(1)).machines as [Machine];
  await a.ok(['contact', 'add', 'Jane Roe']);
  const spy = vi.spyOn(Replica.prototype, 'remote').mockImplementation(async function (this: Replica) {
    const remote = await open.call(this);
    return {
      tip: () => remote.tip(),
      read: (after: number, limit: number) => remote.read(after, limit),
      append: (after: Tip, transactions: readonly Sealed[]) => remote.append(after, transactions),
      close: () => remote.close(),
      redact: () => Promise.reject(new Error('no room')),
    };
  });
  expect(await a.crm('purge C1 --yes --acknowledge-remote')).toMatchObject({
    code: 1,
    err: expect.stringContaining('still has it: no room'),
  });
  spy.mockRestore();
  expect(await a.ok('status', { tty: 160 })).toContain('a purge is not finished there: crm sync');
  const { purge } = await a.json<{ purge: number }>('remote show');
  expect(purge).toBeGreaterThan(1);
  await a.ok('sync');
  expect(await a.ok('status', { tty: 160 })).not.toContain('purge');
  expect(await a.json('remote show')).toMatchObject({ purge: null });
});

test.each([
  ['a directory without a workspace', (dir: string) => dir],
  ['a repository that is not there', (dir: string) => `git+file://${dir}/none.git`],
])('a clone of %s leaves no directory, and one that was there stays', async (_, urlOf) => {
  const top = emptyDirectory();
  mkdirSync(join(top, 'remote'));
  mkdirSync(join(top, 'there'));
  const machine = new Machine(join(top, 'new'), join(top, 'state'));
  for (const name of ['new', 'there'])
    expect(await machine.crm(['clone', urlOf(join(top, 'remote')), name], { cwd: top })).toMatchObject({
      code: expect.toSatisfy((code: number) => code === 1 || code === 3),
      err: expect.not.stringContaining('saved'),
    });
  expect(readdirSync(top).filter(name => name !== 'state')).toEqual(['remote', 'there']);
  const state = join(top, 'state', 'crm', 'remotes');
  expect(existsSync(state) ? readdirSync(state) : []).toEqual([]);
});

test('sweeps and deliveries are online only', async () => {
  const { machines } = await team(1);
  const [a] = machines as [Machine];
  expect(await a.crm('--offline run')).toMatchObject({
    code: 1,
    err: expect.stringContaining('a sweep needs the remote'),
  });
  await a.ok('--offline deal add Lamps');
  expect(await a.crm('run')).toMatchObject({
    code: 4,
    err: expect.stringMatching(
      /^Error: a sweep comes after the change of this machine that is not shared yet/,
    ),
  });
  await a.ok('sync');
  await a.ok('run');
});
