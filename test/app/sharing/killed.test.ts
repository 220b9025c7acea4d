/**
 * A sync that is killed at each change of the disk: whatever reads afterwards sees the state from before or the finished
 * one, and the next sync comes to what an undisturbed one comes to. On a disk in memory, over a directory.
 */
import { describe, expect, test } from 'vitest';
import { type Image, MemoryDisk } from '../../torture/disk.ts';
import { restored } from './restored.ts';
import { changes, faultyIo } from '../../torture/faulty-io.ts';
import { GONE, Machine } from '../../torture/machine.ts';
import { runs } from '../../effort.ts';

const on = (disk: MemoryDisk, name: string) => new Machine(disk.io, `/${name}`, `/${name}.state`);

/** What each kind of reader says: columns, records, the past, the journal, settings. */
const readers: readonly (readonly string[])[] = [
  ['deal', 'list', '--json'],
  ['deal', 'show', 'D1', '--json'],
  ['history', 'D1', '--json'],
  ['history', '--json'],
  ['report', 'pipeline', '--json'],
  ['search', 'chairs', '--json'],
  ['stage', 'list', '--json'],
  ['status', '--json'],
  ['export', 'deals', '--format', 'json'],
];

/** Returns what the readers say, without what a sync changes while it is under way. */
async function read(machine: Machine): Promise<string[]> {
  const said: string[] = [];
  for (const args of readers) {
    const { code, out, err } = await machine.crm(args);
    const text = out
      .replace(/"remote": ?\{[^}]*\}/, '')
      .replace(/"at": ?"[^"]*"|"(updatedAt|stageSince)": ?"[^"]*"/g, '');
    said.push(`${args.join(' ')}: ${code} ${text}${err}`);
  }
  return said;
}

/** Two machines that share a workspace; b has changes that wait, of records and of files, and a shared others. */
async function contradicting(): Promise<Image> {
  const disk = new MemoryDisk();
  const [a, b] = [on(disk, 'a'), on(disk, 'b')];
  disk.io.mkdirSync('/shared');
  await a.ok(['init', '/a', '--template', 'sales']);
  await a.ok(['deal', 'add', '40 chairs', '--value', '5000']);
  await a.ok(['remote', 'add', '/shared']);
  await b.ok(['clone', '/shared', '/b']);
  await b.ok(['--offline', 'deal', 'add', 'Lamps']);
  await b.ok(['--offline', 'deal', 'set', 'D1', 'value=6000', 'title=50 chairs']);
  await b.ok(['--offline', 'stage', 'add', 'trial']);
  await b.ok(['--offline', 'deal', 'move', 'D1', 'trial']);
  await a.ok(['deal', 'set', 'D1', 'value=7000']);
  await a.ok(['user', 'add', 'ana', '--role', 'admin']);
  await a.ok(['deal', 'add', 'Sofas']);
  return disk.image();
}

/** A remote that was restored from a backup: b has what it lost, a shared others since, and something of b waits. */
async function forked(): Promise<Image> {
  const disk = new MemoryDisk();
  const [a0, b0] = [on(disk, 'a'), on(disk, 'b')];
  disk.io.mkdirSync('/shared');
  await a0.ok(['init', '/a', '--template', 'sales']);
  await a0.ok(['deal', 'add', '40 chairs', '--value', '5000']);
  await a0.ok(['remote', 'add', '/shared']);
  await b0.ok(['clone', '/shared', '/b']);
  const backup = disk.image();
  await b0.ok(['deal', 'add', 'Lamps']);
  await b0.ok(['deal', 'set', 'D1', 'value=6000', 'title=50 chairs']);
  await b0.ok(['stage', 'add', 'trial']);
  await b0.ok(['--offline', 'deal', 'move', 'D1', 'trial']);
  const now = new MemoryDisk(restored(disk.image(), backup, '/shared'));
  const a = on(now, 'a');
  await a.ok(['deal', 'set', 'D1', 'value=7000']);
  await a.ok(['user', 'add', 'ana', '--role', 'admin']);
  await a.ok(['deal', 'add', 'Sofas']);
  return now.image();
}

/**
 * Kills the command at each change of the disk, or at some of them, and throws unless readers see the state from before or
 * from after, and `sync` then comes to the same as without the kill.
 */
async function killed(image: Image, args: readonly string[], every: number): Promise<number> {
  const before = await read(on(new MemoryDisk(image), 'b'));
  const whole = new MemoryDisk(image);
  await on(whole, 'b').crm(args);
  const after = await read(on(whole, 'b'));
  await on(whole, 'b').crm(['sync']);
  const end = await read(on(whole, 'b'));
  let tried = 0;
  for (let nth = 1; ; nth += every) {
    const disk = new MemoryDisk(image);
    const b = on(disk, 'b');
    const faulty = faultyIo(disk.io, nth, 'kill', changes);
    await b.crm(args, { io: faulty.io, pid: GONE });
    const what = faulty.what();
    if (what === undefined) return tried;
    tried++;
    const seen = await read(b);
    const where = `killed at change ${nth}: ${what}`;
    const states = [before, after, end].map(said => said.filter((each, i) => each !== seen[i]));
    if (!states.some(({ length }) => length === 0))
      expect({ where, seen }).toEqual({
        where,
        seen: states[0]!.length < states[1]!.length ? before : after,
      });
    // What was not begun is refused as before; a person repairs again.
    if ((await b.crm(['sync'])).code === 5) await b.crm(args);
    const synced = await b.crm(['sync']);
    expect({ where, ...synced }).toMatchObject({
      where,
      code: expect.toSatisfy(code => code === 0 || code === 4),
    });
    expect({ where, read: await read(b) }).toEqual({ where, read: end });
    const doctor = await b.crm(['doctor']);
    if (doctor.code !== 0) throw new Error(`${where}: ${doctor.out}`);
    expect([...disk.image().directories].filter(path => /parted/.test(path))).toEqual([]);
  }
}

describe('whatever reads after a kill sees the state from before or after', () => {
  test('of a sync that puts changes on top of those of others', async () => {
    expect(await killed(await contradicting(), ['sync'], runs(1) > 1 ? 1 : 24)).toBeGreaterThan(5);
  });

  test('of a repair that takes in the other history of a remote', async () => {
    const every = runs(1) > 1 ? 1 : 24;
    expect(await killed(await forked(), ['remote', 'repair', '--yes'], every)).toBeGreaterThan(5);
  });
});
