import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentsOfDirectory } from '../app/directory-hash.ts';
import { copiesOf, workspace } from '../harness.ts';
import { hookedIo, unsyncedIo } from '../store/hooked-io.ts';

/** Values that only Jane has; each must be gone. */
const hers = [
  'jane.roe@example',
  'Jane Roe',
  '+31 6 1234',
  'vip-jane',
  'wants-a-discount',
  'Call-her',
  'page-42',
];

/** A customer with all that a customer may have, and others who mention her nowhere. */
const customer = copiesOf(async () => {
  const ws = await workspace('automated-sales');
  await ws.ok('user add nina --name Nina --email nina@example.com --role normal');
  await ws.ok([
    'contact',
    'add',
    '--email',
    'jane.roe@example.com',
    '--name',
    'Jane Roe',
    '--phone',
    '+31 6 1234',
  ]);
  await ws.ok('contact add --email joe@example.com --name Joe');
  await ws.ok('contact tag C1 +vip-jane');
  await ws.ok('deal add Chairs --contact jane.roe@example.com --value 100');
  await ws.ok('deal contact D1 add C2');
  await ws.ok('deal add Tables --contact C1');
  await ws.ok('deal rm D2');
  await ws.ok('log call C1 wants-a-discount');
  await ws.ok('activity rm V1');
  await ws.ok('event add page.visited --contact C1 --prop url=page-42');
  await ws.ok('task add Call-her --for C1 --due +2d');
  await ws.ok('invoice add --for C1 --amount 50');
  return ws;
});

/** The files under a workspace that have one of the texts in them. */
function having(dir: string, texts: readonly string[]): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(name => {
    const path = join(dir, name);
    if (!statSync(path).isFile()) return false;
    const content = readFileSync(path, 'latin1').toLowerCase();
    return texts.some(text => content.includes(text.toLowerCase()));
  });
}

describe('crm purge', () => {
  test('leaves no value of a contact in any file, and the rest as it was', async () => {
    const ws = await customer();
    await ws.ok('run');
    expect(having(ws.dir, hers).length).toBeGreaterThan(8);
    const joe = await ws.ok('contact show C2 --json');
    const result = await ws.json<Record<string, unknown>>('purge jane.roe@example.com --yes');
    expect(result).toMatchObject({
      named: ['C1'],
      erased: expect.arrayContaining(['C1', 'V1', 'E1', 'T1']),
      detached: ['D1', 'I1'],
      mentions: [],
    });
    expect(having(ws.dir, hers)).toEqual([]);
    expect(await ws.ok('contact show C2 --json')).toBe(joe);
    expect(await ws.json('deal show D1')).toMatchObject({ contacts: ['C2'], value: '100.00' });
    await ws.ok('invoice pay I1');
    expect((await ws.crm('contact show C1')).code).toBe(3);
    expect((await ws.crm('contact restore C1')).code).toBe(3);
    // Her number is never given again, also where everything is made again from the journal.
    expect(await ws.ok('contact add --email new@example.com')).toBe('C3\n');
  });

  test('doctor is content, and it and the history say what was erased, when and by whom', async () => {
    const ws = await customer();
    const { tx } = await ws.json<{ tx: number }>('purge C1 --yes');
    const report = await ws.json<{ sound: boolean; findings: { severity: string; message: string }[] }>(
      'doctor',
    );
    expect(report.sound).toBe(true);
    expect(report.findings).toEqual([
      expect.objectContaining({
        severity: 'note',
        message: expect.stringMatching(
          `transaction ${tx}: tester erased C1 and 3 more for good at 2026-09-14T.*`,
        ),
      }),
    ]);
    const entries = await ws.json<{ tx: number; by: string; via: string }[]>('history C1');
    expect(entries).toEqual([expect.objectContaining({ tx, by: 'tester', via: 'purge' })]);
    for (const line of (await ws.ok('history')).split('\n')) expect(line).not.toContain('Jane');
  });

  test('erased records are not brought back: undo refuses, and restore leaves them out', async () => {
    const ws = await customer();
    await ws.ok('purge C1 --yes');
    const last = await ws.crm('undo');
    expect([last.code, last.err]).toEqual([1, expect.stringContaining('erased records for good')]);
    const add = await ws.crm('undo 3');
    expect([add.code, add.err]).toEqual([1, expect.stringContaining('was erased by transaction')]);
    // A deal that comes back does not point to who was erased.
    await ws.ok('deal restore D2');
    expect(await ws.json('deal show D2')).toMatchObject({ contacts: [] });
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test('texts of others that mention the name or the address are listed and stay', async () => {
    const ws = await customer();
    await ws.ok(['log', 'note', 'D1', 'as JANE ROE said']);
    await ws.ok(['deal', 'note', 'D1', 'ask jane.roe@example.com.']);
    await ws.ok(['task', 'add', 'Mary Jane Roebuck', '--for', 'D1']);
    await ws.ok(['deal', 'set', 'D1', 'title=Chairs of Jane Roe']);
    await ws.ok(['deal', 'set', 'D1', 'title=Chairs']);
    const dry = await ws.json<{ mentions: unknown }>('purge C1 --dry-run');
    const { mentions } = await ws.json<{ mentions: unknown }>('purge C1 --yes');
    expect(mentions).toEqual([
      { id: 'V2', field: 'text', in: 'record' },
      { id: 'V3', field: 'text', in: 'record' },
      { id: 'D1', field: 'title', in: 'history' },
    ]);
    expect(dry.mentions).toEqual(mentions);
    expect(await ws.json('activity show V2')).toMatchObject({ text: 'as JANE ROE said' });
  });

  test('asks, and without an answer does nothing; a dry run does not ask and changes no byte', async () => {
    const ws = await customer();
    const before = contentsOfDirectory(ws.dir, []);
    const ran = await ws.crm('purge C1');
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('--yes')]);
    const dry = await ws.crm('purge C1 --dry-run');
    expect([dry.code, dry.out]).toEqual([0, '']);
    expect(dry.err).toContain(
      'would erase C1 with 1 task, 1 activity, 1 event, also from 6 earlier transactions',
    );
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
    for (const [args, code] of [
      ['purge', 2],
      ['purge C9 --yes', 3],
      ['purge nobody@example.com --yes', 3],
      ['purge C1 --yes --as nina', 1],
    ] as const)
      expect((await ws.crm(args)).code, args).toBe(code);
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
  });

  test('records in the trash, of any kind, several at once, and those of standard input', async () => {
    const ws = await customer();
    await ws.ok('contact rm C1');
    await ws.ok('invoice rm I1');
    const { erased } = await ws.json<{ erased: string[] }>('purge - I1 D1 --yes', {
      stdin: 'jane.roe@example.com',
    });
    expect(erased.slice(0, 3)).toEqual(['C1', 'I1', 'D1']);
    expect(having(ws.dir, [...hers, 'Chairs'])).toEqual([]);
    expect(await ws.json('deal list --trash')).toEqual([expect.objectContaining({ id: 'D2' })]);
    expect((await ws.crm('doctor')).code).toBe(0);
  });

  test('those that were merged into the one are forgotten with it', async () => {
    const ws = await customer();
    await ws.ok('contact add --email jane.roe@example.org --name Roe-Jane');
    await ws.ok('contact add --email j@example.net --name vip-jane-2');
    await ws.ok('contact merge C3 C4');
    await ws.ok('contact merge C1 C3');
    const { named, erased } = await ws.json<{ named: string[]; erased: string[] }>('purge C1 --yes');
    expect([named, erased.filter(id => id.startsWith('C'))]).toEqual([['C1'], ['C1', 'C3', 'C4']]);
    expect(having(ws.dir, [...hers, 'Roe-Jane', 'j@example.net'])).toEqual([]);
  });

  test('a repeated request is a no-op', async () => {
    const ws = await customer();
    await ws.ok('purge C1 --yes --request-id once');
    const again = await ws.crm('purge C1 --yes --request-id once');
    expect([again.code, again.err]).toEqual([0, expect.stringContaining('erased already')]);
  });

  test('a journal that is damaged in between can be salvaged, and still does not contain erased people', async () => {
    const ws = await customer();
    await ws.ok('deal set D1 value=7'); // the last before the purge
    const seq = (await ws.json<{ tx: number }[]>('history --limit 1'))[0]!.tx;
    await ws.ok('purge C1 --yes');
    const file = join(ws.dir, 'data/journal', `${String(seq).padStart(8, '0')}.jsonl`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"7', '"8'));
    const rescued = join(ws.dir, '../rescued');
    await ws.ok(['doctor', '--salvage', rescued]);
    expect(having(rescued, hers)).toEqual([]);
    const report = await ws.json(['doctor', '-C', rescued]);
    expect(report).toMatchObject({
      sound: true,
      findings: [{ severity: 'note', message: expect.stringContaining('for a purge that was lost') }],
    });
    // The snapshots know that others point to her no more.
    expect(await ws.json(['deal', 'show', 'D1', '-C', rescued])).toMatchObject({ contacts: ['C2'] });
    await ws.ok(['deal', 'set', 'D1', 'value=9', '-C', rescued]);
  });

  test('a snapshot that was changed by hand is not left with it', async () => {
    const ws = await customer();
    const path = join(ws.dir, 'data/contacts.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('Jane Roe', 'Jane Doe'));
    const before = contentsOfDirectory(ws.dir, []);
    const ran = await ws.crm('purge C1 --yes');
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('changed by hand')]);
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
    await ws.ok('doctor --adopt');
    await ws.ok('purge C1 --yes');
    expect(having(ws.dir, [...hers, 'Jane Doe'])).toEqual([]);
  });
});

describe('a purge that was interrupted', () => {
  /** A disk on which nothing takes the place of a file of the journal. */
  const failing = hookedIo(
    {
      renameSync(from, to) {
        if (String(to).includes('data/journal/'))
          throw Object.assign(new Error('EIO: i/o error, rename'), { code: 'EIO' });
        unsyncedIo.renameSync(from, to);
      },
    },
    unsyncedIo,
  );

  test('and cannot be finished says so by its number, and that nothing of the present command was saved', async () => {
    const ws = await customer();
    const before = (await ws.json<{ tx: number }[]>('history --limit 1'))[0]!.tx;
    const cut = await ws.crm('purge C1 --yes', { io: failing });
    expect(cut).toMatchObject({
      code: 1,
      err: expect.stringContaining('could not be taken out of all files'),
    });

    const next = await ws.crm('deal add Sofa', { io: failing });
    expect(next).toMatchObject({ code: 1, out: '' });
    expect(next.err).toContain(
      `the purge of transaction ${before + 1} was interrupted, and cannot be finished`,
    );
    expect(next.err).toContain('nothing of this command was saved');
    expect((await ws.json<{ tx: number }[]>('history --limit 1'))[0]!.tx).toBe(before + 1);

    await ws.ok('deal add Sofa');
    expect(having(ws.dir, hers)).toEqual([]);
  });
});
