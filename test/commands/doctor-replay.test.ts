import { appendFileSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Replayed } from '../../src/app/care/replay.ts';
import { contentsOfDirectory } from '../app/directory-hash.ts';
import { emptyDirectory, TestWorkspace, workspace } from '../harness.ts';

interface Report {
  readonly sound: boolean;
  readonly findings: readonly { readonly severity: string; readonly message: string; readonly fix: string }[];
}
type Shown = Readonly<Record<string, unknown>>;

const loose = (ws: TestWorkspace, seq: number) =>
  join(ws.dir, 'data/journal', `${String(seq).padStart(8, '0')}.jsonl`);

/** A workspace of five transactions, and a copy of it. */
async function parted(): Promise<{ here: TestWorkspace; there: TestWorkspace }> {
  const here = await workspace('sales');
  await here.ok('contact add --email jane@example.com --name Jane');
  await here.ok('deal add Chairs --value 100 --contact C1');
  await here.ok('deal add Tables --value 200 --contact C1');
  await here.ok('deal tag D1 +a +b');
  const there = new TestWorkspace(join(emptyDirectory(), 'theirs'));
  there.now = '2026-09-15T10:00:00.000Z';
  cpSync(here.dir, there.dir, { recursive: true });
  return { here, there };
}

const replay = (here: TestWorkspace, there: TestWorkspace, ...args: string[]) =>
  here.json<Replayed>(['doctor', '--replay', there.dir, ...args]);
const show = (ws: TestWorkspace, id: string) => ws.json<Shown>(['deal', 'show', id]);

describe('crm doctor --replay', () => {
  test('says on a terminal how what it put on top is taken back', async () => {
    const { here, there } = await parted();
    await here.ok('deal note D1 hello');
    await there.ok('deal add Lamps');
    await there.ok('deal add Beds');
    const { err } = await here.crm(['doctor', '--replay', there.dir], { tty: 100 });
    const [, last, order] =
      /^crm undo (\d+) takes it back, from the last transaction to the first: (.+)$/m.exec(err)!;
    const [second, first] = order!.split(', ');
    expect([second, Number(first)]).toEqual([last, Number(last) - 1]);
    for (const tx of [second!, first!]) await here.ok(['undo', tx]);
    expect(await here.ok('deal list --fields title')).not.toMatch(/Lamps|Beds/);
    expect((await here.crm(['doctor', '--replay', there.dir], { tty: 100 })).err).not.toContain(
      'takes it back',
    );
  });

  test('puts what the other side did on top: who, when and why; ids that both gave are new ones', async () => {
    const { here, there } = await parted();
    await here.ok('deal add Beds --contact joe@example.com');
    await there.ok('deal add Lamps --value 7 --contact sue@example.com --contact-name Sue --as ben');
    await there.ok('task add Call --for D3 --due +2d');
    await there.ok('log call D3 hello');
    await there.ok('event add form.submitted --contact C2');
    await there.ok('deal rm D2');
    await there.ok('stage add Demo --pipeline sales');
    await there.ok('deal move D3 demo');
    const before = contentsOfDirectory(there.dir, []);
    const result = await replay(here, there);
    expect(contentsOfDirectory(there.dir, [])).toEqual(before);
    expect(result).toMatchObject({ fork: 5, known: 0, conflicts: [] });
    expect(result.transactions.map(({ theirs, tx }) => [theirs, tx])).toEqual(
      [6, 7, 8, 9, 10, 11, 12].map(seq => [seq, seq + 1]),
    );
    expect(result.renamed).toEqual([
      { theirs: 'C2', id: 'C3' },
      { theirs: 'D3', id: 'D4' },
    ]);
    expect(await show(here, 'D3')).toMatchObject({ title: 'Beds', contacts: ['C2'] });
    expect(await show(here, 'D4')).toMatchObject({
      title: 'Lamps',
      contacts: ['C3'],
      stage: 'demo',
      createdAt: there.now,
    });
    expect(await here.json('contact show C3')).toMatchObject({ email: 'sue@example.com', name: 'Sue' });
    expect(await here.json('task show T1')).toMatchObject({ for: 'D4' });
    expect(await here.json('activity show V1')).toMatchObject({ for: 'D4' });
    expect(await here.json('event show E1')).toMatchObject({ contact: 'C3' });
    expect((await here.crm('deal show D2')).code).toBe(3);
    const history = await here.json<Shown[]>('history D4');
    expect(history.at(-1)).toMatchObject({ tx: 7, by: 'ben', at: there.now, via: 'deal add' });
    expect((await here.json<Report>('doctor')).findings).toEqual([]);
    // Again, nothing is left to do; and what comes after is found.
    expect(await replay(here, there)).toMatchObject({ known: 7, conflicts: [] });
    await there.ok('deal set D3 value=8');
    expect(await replay(here, there)).toMatchObject({ known: 7 });
    expect(await show(here, 'D4')).toMatchObject({ value: '8.00' });
  });

  test('three ways: a value that contradicts a change made here stays, and is listed', async () => {
    const { here, there } = await parted();
    await here.ok('deal set D1 title=Ours value=10');
    await here.ok('deal tag D1 +here -a');
    await here.ok('deal lose D2 --reason price');
    await here.ok('contact add --email same@example.com --name Same');
    await there.ok('deal set D1 title=Theirs description=theirs');
    await there.ok('deal tag D1 +there -b');
    await there.ok('deal win D2');
    await there.ok('contact add --email same@example.com --phone 1');
    await there.ok('deal contact D1 add C2');
    await there.ok('contact rm C1');
    const dry = await replay(here, there, '--dry-run');
    const { conflicts, renamed } = await replay(here, there);
    expect(dry.conflicts).toEqual(conflicts);
    expect(renamed).toEqual([]);
    expect(conflicts).toEqual([
      { theirs: 6, id: 'D1', why: 'title is "Ours" here and "Theirs" there' },
      {
        theirs: 8,
        id: 'D2',
        why: expect.stringMatching(/^status is "lost" here and "won" there, closedAt is .*there$/),
      },
      {
        theirs: 9,
        id: 'C2',
        why: 'is one that was added on both sides; name is "Same" here and "same@example.com" there',
      },
    ]);
    expect(await show(here, 'D1')).toMatchObject({
      title: 'Ours',
      description: 'theirs',
      value: '10.00',
      tags: ['there', 'here'],
      contacts: ['C1', 'C2'],
    });
    expect(await show(here, 'D2')).toMatchObject({ status: 'lost', lostReason: 'price' });
    expect(await here.json('contact list')).toEqual([
      expect.objectContaining({ id: 'C2', name: 'Same', phone: '1' }),
    ]);
    expect((await here.crm('doctor')).code).toBe(0);
  });

  test('what came out of the trash there, while another record has its key here, stays there, and is listed', async () => {
    const { here, there } = await parted();
    await here.ok('contact rm C1');
    cpSync(here.dir, there.dir, { recursive: true, force: true });
    await here.ok('contact add --email jane@example.com --name J');
    await there.ok('contact restore C1');
    const { conflicts } = await replay(here, there);
    expect(conflicts).toEqual([
      {
        theirs: 7,
        id: 'C1',
        why: 'was brought back there, and C2 has its key here: crm contact restore C1 --merge merges it into C2',
      },
    ]);
    expect(await here.ok('contact list -q')).toBe('C2\n');
  });

  test('what was changed in the trash there is changed here: there too, and if it was restored, where it is', async () => {
    const { here, there } = await parted();
    await here.ok('stage add Parked --pipeline sales');
    await here.ok('deal move D1 D2 parked');
    await here.ok('deal set D1 externalId=X1');
    await here.ok('deal rm D1 D2');
    cpSync(here.dir, there.dir, { recursive: true, force: true });
    await here.ok('deal add Beds --external-id X1');
    await here.ok('deal restore D2');
    await there.ok('stage rm parked --move-to in-contact');
    expect((await replay(here, there)).conflicts).toEqual([]);
    expect(await here.ok('deal list -q')).toBe('D2\nD3\n');
    expect(await show(here, 'D2')).toMatchObject({ stage: 'in-contact' });
    await here.ok('deal set D3 externalId=');
    await here.ok('deal restore D1');
    expect(await show(here, 'D1')).toMatchObject({ stage: 'in-contact', externalId: 'X1' });
  });

  test.each([
    ['live', 'it has the stage parked, which holds a deal, D3'],
    ['trash', 'it has the stage parked, which holds a deal, D3, in the trash'],
  ])('settings that records need here stay: %s', async (where, why) => {
    const { here, there } = await parted();
    await here.ok('stage add Parked --pipeline sales');
    cpSync(here.dir, there.dir, { recursive: true, force: true });
    await here.ok('deal add Beds --stage parked');
    if (where === 'trash') await here.ok('deal rm D3');
    await there.ok('stage rm parked');
    expect((await replay(here, there)).conflicts).toEqual([
      { theirs: 7, id: 'pipelines/sales.yaml', why: `stays as it is here: ${why}` },
    ]);
    if (where === 'trash') await here.ok('deal restore D3');
    expect(await show(here, 'D3')).toMatchObject({ stage: 'parked' });
  });

  test('what was removed, purged or written in files on both sides', async () => {
    const { here, there } = await parted();
    await here.ok('deal rm D1');
    await here.ok('deal set D2 title=Changed');
    await here.ok('purge C1 --yes');
    appendFileSync(join(here.dir, 'crm.yaml'), '# here\n');
    await there.ok('deal set D1 title=Changed');
    await there.ok('deal rm D2');
    await there.ok('log call C1 hello');
    appendFileSync(join(there.dir, 'crm.yaml'), '# there\n');
    await there.ok('deal add New');
    const { conflicts } = await replay(here, there);
    expect(conflicts.map(({ id, why }) => `${id} ${why}`)).toEqual([
      'D1 is in the trash here; there, title was changed on 2026-09-15T10:00:00.000Z',
      'D2 was removed there, and changed here',
      'V1 belongs to C1, which is not here',
      'crm.yaml was changed on both sides; it stays as it is here',
    ]);
    expect(readFileSync(join(here.dir, 'crm.yaml'), 'utf8')).toContain('# here');
    expect(await here.json('activity list')).toEqual([]);
    expect((await here.crm('doctor')).code).toBe(0);
  });

  test('rules: what a sweep of the other side has seen starts nothing here; the rest does', async () => {
    const { here, there } = await parted();
    const rule = 'name: Hello\nfor: deal\non: created\nsteps:\n  - add-task: { title: Hello }\n';
    for (const ws of [here, there]) {
      mkdirSync(join(ws.dir, 'automations'), { recursive: true });
      writeFileSync(join(ws.dir, 'automations/hello.yaml'), rule);
      await ws.ok('run');
    }
    await there.ok('deal add Seen');
    await there.ok('run');
    await there.ok('deal add Unseen');
    await replay(here, there);
    const titles = async () => (await here.json<Shown[]>('task list')).map(task => task.for);
    expect(await titles()).toEqual(['D3']);
    await here.ok('run', { now: '2026-09-16T10:00:00Z' });
    expect(await titles()).toEqual(['D3', 'D4']);
  });

  test('files that a program which copies between machines has left, by whatever names', async () => {
    const { here, there } = await parted();
    await here.ok('deal add Ours');
    await there.ok('deal add Theirs');
    await there.ok('deal set D3 value=5');
    copyFileSync(loose(there, 6), join(here.dir, 'data/journal/00000006 (conflicted copy).jsonl'));
    const [finding] = (
      await here
        .json<Report>(['doctor', '--dry-run'])
        .catch(async () => (await here.crm('doctor --json')).json<Report>())
    ).findings;
    expect(finding).toMatchObject({
      severity: 'warning',
      message: 'is another transaction 6, by tester (deal add): it was made elsewhere, and is ignored',
      fix: expect.stringContaining('--replay'),
    });
    const aside = emptyDirectory();
    copyFileSync(loose(there, 7), join(aside, 'b.jsonl'));
    const alone = await here.crm(['doctor', '--replay', aside]);
    expect([alone.code, alone.err]).toEqual([5, expect.stringContaining('does not follow one of this')]);
    copyFileSync(loose(there, 6), join(aside, 'c.jsonl'));
    await here.ok(['doctor', '--replay', aside, '--json']);
    expect(await show(here, 'D4')).toMatchObject({ title: 'Theirs', value: '5.00' });
  });

  test('refuses a directory that is not another side, and a side that is not sound', async () => {
    const { here, there } = await parted();
    await there.ok('deal add Theirs');
    const before = contentsOfDirectory(here.dir, []);
    const refused = async (dir: string, code: number, said: string) => {
      const ran = await here.crm(['doctor', '--replay', dir]);
      expect([ran.code, ran.err], said).toEqual([code, expect.stringContaining(said)]);
      expect(contentsOfDirectory(here.dir, [])).toEqual(before);
    };
    await refused((await workspace('automated-sales')).dir, 1, 'no transaction in common');
    await refused(join(here.dir, 'nowhere'), 3, 'is not a directory');
    await refused(emptyDirectory(), 3, 'there are no transactions');
    await refused(there.dir, 1, 'has all that this workspace has, and 1 transactions more');
    expect(await replay(here, here)).toMatchObject({ transactions: [] });
    // What git leaves of two sides.
    const ours = readFileSync(loose(here, 5), 'utf8');
    writeFileSync(loose(here, 5), `<<<<<<< HEAD\n${ours}=======\n${ours}>>>>>>> theirs\n`);
    const report = (await here.crm('doctor --json')).json<Report>();
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        line: 1,
        message: 'has both sides of a git merge; the last good one is 4',
        fix: expect.stringContaining('git merge --abort'),
      }),
    );
    const ran = await here.crm(['doctor', '--replay', there.dir]);
    expect([ran.code, ran.err]).toEqual([5, expect.stringContaining('this side is not sound')]);
  });
});
