/** An account that may only read what is shared: what it changed offline waits, is not lost by a sync, and can be dropped. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Refused, unreached } from '../../../src/store/remotes/remote.ts';
import { Replica } from '../../../src/store/remotes/replica.ts';
import { type Machine, team } from './machines.ts';

const { remote: open } = Replica.prototype;

afterEach(() => vi.restoreAllMocks());

/** From here on the remote refuses to be written to. */
function readOnly(): void {
  vi.spyOn(Replica.prototype, 'remote').mockImplementation(async function (this: Replica) {
    const remote = await open.call(this);
    vi.spyOn(remote, 'append').mockRejectedValue(new Refused('the database refuses: permission denied'));
    return remote;
  });
}

const pipeline = ({ dir }: Machine) => join(dir, 'pipelines', 'sales.yaml');

test('changes that a remote refuses wait, and can be dropped with their files', async () => {
  const { machines } = await team(2);
  const [a, b] = machines as [Machine, Machine];
  const before = { deals: await a.deals(), yaml: readFileSync(pipeline(a), 'utf8') };
  writeFileSync(pipeline(a), before.yaml.replace(/^name:.*$/m, 'name: Mine'));
  await a.ok('--offline deal set D1 value=1');
  await a.ok('--offline deal add Lamps');
  readOnly();
  expect(await a.crm('sync')).toMatchObject({
    code: 1,
    err: 'Error: the database refuses: permission denied; the 3 changes of this machine stay and wait\nHint: once that is mended, crm sync; crm sync --drop forgets them\n',
  });
  expect(await a.crm('deal set D1 value=2')).toMatchObject({
    code: 4,
    err: expect.stringContaining(
      'comes after the 3 changes of this machine that are not shared yet; nothing was done',
    ),
  });
  expect(await a.crm('sync --drop')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/Forget 3 changes of this machine\? .*\n.*--yes/),
  });
  const told = /files: pipelines\/sales.yaml\n.* deal set: D1\n.* deal add: D2\n$/;
  expect(await a.crm('sync --drop --dry-run')).toMatchObject({ code: 0, out: expect.stringMatching(told) });
  expect(await a.deals()).toHaveLength(2);
  expect(await a.crm('sync --drop --yes')).toMatchObject({
    code: 0,
    out: expect.stringMatching(told),
    err: 'forgot 3 changes\n',
  });
  expect(await a.deals()).toEqual(before.deals);
  expect(readFileSync(pipeline(a), 'utf8')).toBe(before.yaml);
  expect(existsSync(join(a.dir, 'data', 'offline'))).toBe(false);
  expect(await a.crm('sync --drop --yes')).toMatchObject({ code: 0, err: 'nothing of this machine waits\n' });
  await a.sound();
  vi.restoreAllMocks();
  await b.ok('deal set D1 value=7000');
  readOnly();
  expect(await a.crm('sync')).toMatchObject({ code: 0 });
  vi.restoreAllMocks();
  // A number that people may have noted is not given again.
  await a.ok('--offline deal add Sofas');
  expect(await a.deals()).toEqual(['D1 40 chairs 7000.00', 'D3 Sofas 0.00']);
});

test('a replica whose account may only read syncs, and reports what is missing', async () => {
  const { machines, dir } = await team(1);
  const [a] = machines as [Machine];
  readOnly();
  const reader = new (a.constructor as new (dir: string, state: string) => Machine)(
    `${a.dir}-reader`,
    `${a.state}-reader`,
  );
  const cloned = await reader.crm(['clone', dir, reader.dir], { cwd: '/' });
  expect(cloned).toMatchObject({ code: 0, err: expect.stringContaining('no numbers were leased') });
  expect(cloned.err).not.toContain('nothing was saved');
  expect(await reader.crm('sync')).toMatchObject({
    code: 0,
    err: expect.stringContaining(
      'no numbers were leased for what is added offline (the database refuses: permission denied)',
    ),
  });
  expect(await reader.crm('deal set D1 value=1')).toMatchObject({
    code: 1,
    err: expect.stringContaining('permission denied; nothing was saved'),
  });
});

test('as of when a machine knows what is shared follows every look at the remote that succeeds', async () => {
  const { machines } = await team(2);
  const [a, b] = machines as [Machine, Machine];
  const asOf = async () =>
    (await a.json<{ asOf: string | null }>('remote show', { now: '2026-10-01T00:00:00Z' })).asOf;
  await a.ok('deal set D1 value=1', { now: '2026-09-20T08:00:00Z' });
  await b.ok('deal set D1 value=2');
  expect(await asOf()).toBe('2026-09-20T08:00:00.000Z');
  vi.spyOn(Replica.prototype, 'remote').mockRejectedValue(unreached('it', 'it is away'));
  expect((await a.crm('sync', { now: '2026-09-21T08:00:00Z' })).err).toBe(
    'Error: it cannot be reached: it is away; nothing of this machine waits\nHint: crm sync again\n',
  );
  const away = await a.crm('remote show --json');
  expect(away.code).toBe(1);
  expect(away.json()).toMatchObject({ asOf: '2026-09-20T08:00:00.000Z' });
  vi.restoreAllMocks();
  await a.ok('sync', { now: '2026-09-22T08:00:00Z' });
  expect(await asOf()).toBe('2026-10-01T00:00:00.000Z');
  expect(readdirSync(join(a.state, 'crm', 'remotes'))).toHaveLength(1);
});
