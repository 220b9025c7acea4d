import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyDirectory, TestWorkspace, workspace } from '../harness.ts';

const inNewDirectory = () => new TestWorkspace(emptyDirectory());

describe('crm init', () => {
  test.each(['sales', 'automated-sales', 'empty'])('%s works at once', async template => {
    const ws = inNewDirectory();
    await ws.ok(`init --template ${template} --currency usd`);
    // The folders are there, so that a rule can be written without making one first.
    expect(
      readdirSync(ws.dir)
        .filter(name => !name.endsWith('.caches'))
        .sort(),
    ).toEqual(['.crm', '.gitignore', 'automations', 'crm.yaml', 'data', 'pipelines', 'templates'].sort());
    expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('currency: USD\n');
    expect(await ws.json('user list')).toEqual([]);
    expect(await ws.json('run')).toMatchObject({ failures: [] });
    if (template === 'empty') await ws.ok(['pipeline', 'add', 'Any', '--stages', 'First']);
    await ws.ok('deal add Chairs');
    expect(await ws.json('deal show D1')).toMatchObject({ currency: 'USD', status: 'open' });
  });

  test('the stages, groups and fields of the templates', async () => {
    const sales = await workspace('sales');
    expect(await sales.ok('stage list --fields id,name')).toBe(
      'to-contact\tTo contact\nin-contact\tIn contact\nfollow-up\tFollow up\n',
    );
    expect(await sales.ok('field list')).toBe('');
    const automated = await workspace('automated-sales');
    const groups = await automated.json<{ id: string; group: string }[]>('stage list');
    expect(groups.map(s => `${s.group}/${s.id}`)).toEqual([
      'marketing/newsletter',
      'sales/awaiting-processing',
      'sales/awaiting-contact',
      'sales/in-progress',
      'sales/serious-prospect',
      'customers/one-time',
      'customers/returning',
      'customers/regular',
      'not-customers/failed',
      'not-customers/forgotten',
      'not-customers/inactive',
      'not-customers/unreachable',
    ]);
    expect(await automated.json('field list')).toEqual([
      {
        kind: 'deal',
        name: 'qualification',
        type: 'choice',
        label: null,
        options: ['unknown', 'target group', 'not a target'],
      },
    ]);
    expect(await automated.json('pipeline list')).toMatchObject([
      { id: 'sales', entry: 'awaiting-processing', transitions: 11 },
    ]);
    expect(await (await workspace('empty')).json('pipeline list')).toEqual([]);
  });

  test('the time zone is the system’s by default, and a day is a day there', async () => {
    const ws = inNewDirectory();
    await ws.ok('init', { env: { TZ: 'Asia/Tokyo' } });
    expect(readFileSync(join(ws.dir, 'crm.yaml'), 'utf8')).toContain('timezone: Asia/Tokyo\n');
    await ws.ok('deal add Chairs --close today', { now: '2026-09-14T20:00:00Z' });
    expect(await ws.json('deal show D1')).toMatchObject({ expectedClose: '2026-09-15' });
    const other = inNewDirectory();
    await other.ok('init --timezone America/New_York', { env: { TZ: 'Asia/Tokyo' } });
    await other.ok('deal add Chairs --close today', { now: '2026-09-14T02:00:00Z' });
    expect(await other.json('deal show D1')).toMatchObject({ expectedClose: '2026-09-13' });
  });

  test('into a named directory, new or empty; files of git do not count', async () => {
    const ws = inNewDirectory();
    const { err } = await ws.crm(['init', 'my crm', '--name', 'Ünal: "sales"']);
    expect(err).toContain('cd my crm');
    const made = new TestWorkspace(join(ws.dir, 'my crm'));
    expect(readFileSync(join(made.dir, 'crm.yaml'), 'utf8')).toContain('name: "Ünal: \\"sales\\""\n');
    expect(await made.ok('deal list')).toBe('');
    mkdirSync(join(ws.dir, 'repository', '.git'), { recursive: true });
    await ws.ok('init repository');
    await ws.ok(['-C', join(ws.dir, 'other'), 'init']);
    expect(
      readdirSync(ws.dir)
        .filter(name => !name.endsWith('.caches'))
        .sort(),
    ).toEqual(['my crm', 'other', 'repository']);
  });

  test('refuses a directory that is not empty, and leaves it alone', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const again = await ws.crm('init --template empty');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toContain('is a workspace already');
    expect(await ws.ok('deal list -q')).toBe('D1\n');
    const full = inNewDirectory();
    writeFileSync(join(full.dir, 'notes.txt'), 'mine');
    expect(await full.crm('init')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty: it has notes.txt'),
    });
    expect(readdirSync(full.dir)).toEqual(['notes.txt']);
  });

  test('a wrong option writes nothing, and neither does a dry run', async () => {
    const ws = inNewDirectory();
    for (const [wrong, message] of [
      ['--template sale', 'unknown template "sale"'],
      ['--currency XXX', '"XXX" is not a currency'],
      ['--timezone Mars/Olympus', '"Mars/Olympus" is not a time zone'],
    ])
      expect(await ws.crm(`init ${wrong}`)).toMatchObject({
        code: 2,
        err: expect.stringContaining(message!),
      });
    const { code, err } = await ws.crm('init --dry-run');
    expect({ code, err }).toEqual({
      code: 0,
      err: 'would write crm.yaml, .gitignore, pipelines/sales.yaml\n',
    });
    expect(readdirSync(ws.dir)).toEqual([]);
  });
});
