/** `crm remote repair` where the remote and this machine have forked: both have transactions after the last common one. */
import { describe, expect, test } from 'vitest';
import { writeNew } from '../../../src/store/disk/durable.ts';
import { readSealed } from '../../../src/store/journal/journal-bytes.ts';
import { JournalDirectory, looseName } from '../../../src/store/journal/journal-directory.ts';
import { seal } from '../../../src/store/journal/sealed.ts';
import { MemoryDisk } from '../../torture/disk.ts';
import { Machine, NOW } from '../../torture/machine.ts';
import { rule } from '../outbox/mails.ts';
import { restored } from './restored.ts';

const on = (disk: MemoryDisk, name: string) => new Machine(disk.io, `/${name}`, `/${name}.state`);

/** A first machine that shares a workspace with a deal, D1, and `count` transactions; `join` makes another one. */
async function shared(count = 2): Promise<{ disk: MemoryDisk; a: Machine }> {
  const disk = new MemoryDisk();
  const a = on(disk, 'a');
  disk.io.mkdirSync('/shared');
  await a.ok(['init', '/a', '--template', 'sales']);
  await a.ok(['deal', 'add', '40 chairs', '--value', '5000']);
  await grow(a, count);
  await a.ok(['remote', 'add', '/shared']);
  return { disk, a };
}

/** Sets the value of D1 until there are so many transactions: the journal of as many commands. */
async function grow({ io, dir }: Machine, count: number): Promise<void> {
  const files = new JournalDirectory(io, `${dir}/data/journal`);
  for (let tip = readSealed(io, files, 0, 9).at(-1)!; tip.seq < count; ) {
    const value = (seq: number) => (seq < 3 ? '5000.00' : `${seq - 1}.00`);
    const set = { value: [value(tip.seq), value(tip.seq + 1)] as const };
    const commit = {
      request: `request ${tip.seq}`,
      at: NOW,
      by: 'ana',
      via: 'deal set',
      changes: [{ kind: 'deal', id: 'D1', set }],
    };
    tip = seal(tip, commit, `salt ${tip.seq}`);
    writeNew(io, `${dir}/data/journal/${looseName(tip.seq)}`, sink => sink.write(tip.bytes), true);
  }
}

async function join(disk: MemoryDisk, name: string): Promise<Machine> {
  const machine = on(disk, name);
  await machine.ok(['clone', '/shared', machine.dir]);
  return machine;
}

const deals = async (machine: Machine): Promise<string[]> =>
  (
    JSON.parse(await machine.ok(['deal', 'list', '--json'])) as { id: string; title: string; value: string }[]
  ).map(({ id, title, value }) => `${id} ${title} ${value}`);

describe('a fork', () => {
  test('is shown and refused off a terminal, and taken in with --yes: ours is on top, and waits', async () => {
    const { disk } = await shared();
    await join(disk, 'b');
    const backup = disk.image();
    const b0 = on(disk, 'b');
    await b0.ok(['deal', 'add', 'Lamps']);
    await b0.ok(['deal', 'set', 'D1', 'value=6000']);
    await b0.ok(['--offline', 'deal', 'set', 'D1', 'title=50 chairs']);
    const forked = new MemoryDisk(restored(disk.image(), backup, '/shared'));
    const [a, b] = [on(forked, 'a'), on(forked, 'b')];
    await a.ok(['deal', 'set', 'D1', 'value=7000']);
    await a.ok(['deal', 'add', 'Sofas']);
    const before = await deals(b);
    expect(await b.crm(['sync'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('crm remote repair'),
    });
    const shown = await b.crm(['remote', 'repair']);
    expect(shown).toMatchObject({ code: 5, err: expect.stringContaining('crm remote repair --yes') });
    expect(shown.err).toMatch(
      /part after transaction 4, of 2026-09-14.*\nonly here: 2 transactions\nonly there: 2 transactions\n/,
    );
    expect(shown.out).toMatch(/deal set.*\n.*deal add[\s\S]*deal add.*\n.*deal set/);
    expect(
      shown.out
        .trimEnd()
        .split('\n')
        .map(row => row.split('\t')[0]),
    ).toEqual(['here', 'here', 'there', 'there']);
    expect(JSON.parse(await b.ok(['remote', 'repair', '--dry-run', '--json']))).toMatchObject({
      common: 4,
      here: 6,
      there: 6,
      forked: true,
      ours: [{ tx: 6 }, { tx: 5 }],
      theirs: [{ tx: 6 }, { tx: 5 }],
    });
    expect(await deals(b)).toEqual(before);
    const repaired = await b.crm(['remote', 'repair', '--yes']);
    expect(repaired).toMatchObject({
      code: 4,
      out: expect.stringContaining('D1: value is "7000.00" with others and "6000.00" here'),
      err: expect.stringContaining('took in 2 transactions, and put 2 of this machine on top of them'),
    });
    expect(await deals(b)).toEqual(['D1 50 chairs 7000.00', 'D2 Sofas 0.00', 'D102 Lamps 0.00']);
    expect(await deals(a)).toEqual(['D1 40 chairs 7000.00', 'D2 Sofas 0.00']);
    // The change that waited, and its undo, are of this machine.
    await b.ok(['--offline', 'undo']);
    expect((await deals(b))[0]).toBe('D1 40 chairs 7000.00');
    await b.ok(['sync', '--mine', 'D1']);
    await a.ok(['sync']);
    for (const machine of [a, b]) {
      expect(await deals(machine)).toEqual(['D1 40 chairs 6000.00', 'D2 Sofas 0.00', 'D102 Lamps 0.00']);
      await machine.ok(['doctor']);
    }
  });

  test('within a pack leaves what came before the fork in the journal', async () => {
    const { disk, a } = await shared(252);
    const backup = disk.image();
    for (const title of ['One', 'Two', 'Three', 'Four']) await a.ok(['deal', 'add', title]);
    await join(disk, 'b');
    const forked = new MemoryDisk(restored(disk.image(), backup, '/shared'));
    const b = on(forked, 'b');
    const c = await join(forked, 'c');
    await c.ok(['deal', 'add', 'Sofas']);
    const names = forked.io.readdirSync('/b/data/journal') as string[];
    expect(names).toContain('pack-000001.jsonl');
    await b.ok(['remote', 'repair', '--yes']);
    await b.ok(['sync']);
    await c.ok(['sync']);
    expect(await deals(c)).toEqual(await deals(b));
    expect((await deals(c)).sort()).toEqual([
      'D1 40 chairs 251.00',
      'D102 Sofas 0.00',
      'D2 One 0.00',
      'D3 Two 0.00',
      'D4 Three 0.00',
      'D5 Four 0.00',
    ]);
    for (const machine of [b, c]) await machine.ok(['doctor']);
  });

  test('after a delivery on our side sends nothing again, even if what waits is dropped', async () => {
    const disk = new MemoryDisk();
    const a = on(disk, 'a');
    disk.io.mkdirSync('/shared');
    const really = { isOwnTime: true };
    await a.ok(['init', '/a', '--template', 'empty']);
    await a.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
    await a.ok(['run'], really);
    await a.ok(['contact', 'add', 'Kim', '--email', 'kim@example.com']);
    await a.ok(['remote', 'add', '/shared']);
    await a.ok(['run', '--no-deliver'], really);
    const backup = disk.image();
    await a.ok(['deliver'], really);
    const filed = () => disk.io.readdirSync('/a/mail/out/new').length;
    const statuses = async (machine: Machine) =>
      (JSON.parse(await machine.ok(['message', 'list', '--json'])) as { status: string }[]).map(
        ({ status }) => status,
      );
    expect([filed(), await statuses(a)]).toEqual([1, ['filed']]);
    const forked = new MemoryDisk(restored(disk.image(), backup, '/shared'));
    const c = await join(forked, 'c');
    await c.ok(['contact', 'add', 'Lee']);
    const again = on(forked, 'a');
    await again.ok(['remote', 'repair', '--yes']);
    await again.ok(['sync', '--drop', '--yes']);
    expect(await statuses(again)).toEqual(['queued']);
    expect(await again.crm(['deliver'], really)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^held: M1: this machine is not the one that sends for this workspace/),
    });
    expect(forked.io.readdirSync('/a/mail/out/new')).toHaveLength(1);
    expect(await statuses(again)).toEqual(['held']);
  });

  test('in which both sides gave a number gives ours another one, and what points to it follows', async () => {
    const { disk } = await shared();
    const backup = disk.image();
    const b0 = await join(disk, 'b');
    await b0.ok(['deal', 'add', 'Lamps']);
    await b0.ok(['deal', 'set', 'D102', 'value=12']);
    await b0.ok(['task', 'add', 'Call', '--for', 'D102']);
    const forked = new MemoryDisk(restored(disk.image(), backup, '/shared'));
    const c = await join(forked, 'c');
    await c.ok(['deal', 'add', 'Desks']);
    const b = on(forked, 'b');
    const repaired = await b.crm(['remote', 'repair', '--yes']);
    expect(repaired).toMatchObject({ code: 4 });
    const [moved] = (await deals(b)).filter(deal => deal.includes('Lamps'));
    const id = moved!.split(' ')[0]!;
    expect(id).not.toBe('D102');
    expect(repaired.out).toContain(`${id}: was D102 here, which is another record with others`);
    expect((await deals(b)).sort()).toEqual(
      ['D1 40 chairs 5000.00', 'D102 Desks 0.00', `${id} Lamps 12.00`].sort(),
    );
    const tasks = JSON.parse(await b.ok(['task', 'list', '--json'])) as { for: string }[];
    expect(tasks.map(task => task.for)).toEqual([id]);
    await b.ok(['sync', '--mine', id]);
    // New numbers are leased, of which nobody else has any.
    await b.ok(['deal', 'add', 'Stools']);
    await c.ok(['sync']);
    await c.ok(['deal', 'add', 'Beds']);
    await b.ok(['sync']);
    expect(await deals(b)).toEqual(await deals(c));
    for (const machine of [b, c]) await machine.ok(['doctor']);
  });

  test('runs no rule twice for what a sweep of ours saw, and each for what it did not see', async () => {
    const { disk, a: a0 } = await shared();
    const rule = `name: Welcome
for: deal
on: [created]
steps:
  - add-task: { type: todo, title: 'Welcome {{ deal.title }}', due: +1d }
`;
    await a0.ok(['automation', 'add', 'welcome', '-'], { stdin: rule });
    await a0.ok(['run']);
    const b0 = await join(disk, 'b');
    await b0.ok(['deal', 'add', 'Before']);
    const backup = disk.image();
    await b0.ok(['run']);
    await b0.ok(['deal', 'add', 'Ours']);
    const forked = new MemoryDisk(restored(disk.image(), backup, '/shared'));
    const [a, b] = [on(forked, 'a'), on(forked, 'b')];
    await a.ok(['deal', 'add', 'Theirs']);
    await b.crm(['remote', 'repair', '--yes']);
    await b.ok(['sync']);
    await b.ok(['run']);
    await b.ok(['run']);
    const tasks = JSON.parse(await b.ok(['task', 'list', '--json'])) as { title: string }[];
    expect(tasks.map(({ title }) => title).sort()).toEqual([
      'Welcome Before',
      'Welcome Ours',
      'Welcome Theirs',
    ]);
    await b.ok(['doctor']);
  });
});
