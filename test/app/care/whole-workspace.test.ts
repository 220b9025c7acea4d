/** A whole workspace, exported and imported: the same, whatever was done in it. */
import { recordKinds } from '../../../src/kinds/index.ts';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { replaceJournal } from '../../../src/store/verify/replace-journal.ts';
import { verifyJournal } from '../../../src/store/verify/verify-journal.ts';
import { emptyDirectory, TestWorkspace, workspace } from '../../harness.ts';
import { runs } from '../../effort.ts';
import { Home } from '../../store/home.ts';

const kinds = ['deals', 'contacts', 'accounts', 'tasks', 'activities', 'events', 'invoices', 'messages'];

/** All that a workspace has, as its user sees it. */
async function everything(ws: TestWorkspace): Promise<unknown> {
  const files = [
    'crm.yaml',
    ...['pipelines', 'automations', 'templates'].flatMap(folder => namesIn(ws.dir, folder)),
  ];
  return {
    records: await Promise.all(kinds.map(kind => ws.ok(`export ${kind} --format jsonl`))),
    trash: await Promise.all(['deal', 'contact', 'task'].map(kind => ws.ok(`${kind} list --trash --json`))),
    history: await ws.ok('history --json'),
    enrolments: await ws.ok('automation enrolments --json'),
    run: await ws.ok('run --dry-run --json', { now: '2027-01-01T00:00:00Z' }),
    files: files.map(path => [path, readFileSync(join(ws.dir, path), 'utf8')]),
    next: await Promise.all(
      ['deal add X', 'contact add --name X', 'task add X'].map(args => ws.ok(`${args} --dry-run`)),
    ),
  };
}

const namesIn = (dir: string, folder: string): string[] =>
  existsSync(join(dir, folder))
    ? readdirSync(join(dir, folder))
        .sort()
        .map(name => `${folder}/${name}`)
    : [];

async function fresh(template = 'sales'): Promise<TestWorkspace> {
  const ws = new TestWorkspace(join(emptyDirectory(), 'fresh'));
  await ws.ok(['init', ws.dir, '--template', template], { cwd: tmpdir() });
  return ws;
}

/** Exports, imports into a new workspace, and returns that. */
async function again(ws: TestWorkspace): Promise<TestWorkspace> {
  const dir = join(emptyDirectory(), 'out');
  await ws.ok(['export', 'all', dir]);
  const copy = await fresh('automated-sales');
  await copy.ok(['import', 'all', dir]);
  return copy;
}

const rule = `for: deal
on: [{ status-changes: { to: won } }]
steps:
  - add-task: { title: 'Thank {{ deal.title }}', due: +1d }
  - wait: { for: 3d }
  - add-note: { text: done }
`;

const id = (letter: string) => fc.integer({ min: 1, max: 4 }).map(n => `${letter}${n}`);
const word = fc.constantFrom('Chairs', 'Élan, "oak"', '=1+1', 'ש🪑', "it's\nnew");
/** Command lines of all sorts; some of them are refused, which is as well. */
const commandLine = fc.oneof(
  fc.tuple(word, fc.nat(9999)).map(([title, value]) => ['deal', 'add', title, '--value', String(value)]),
  fc
    .tuple(word, id('C'))
    .map(([title, c]) => ['deal', 'add', title, '--contact', `${c}@example.com`, '--account', 'Acme']),
  fc.tuple(id('D'), word).map(([d, text]) => ['deal', 'note', d, text]),
  id('D').map(d => ['deal', 'win', d]),
  id('D').map(d => ['deal', 'rm', d]),
  id('D').map(d => ['deal', 'restore', d]),
  fc.tuple(id('D'), word).map(([d, title]) => ['task', 'add', title, '--for', d, '--due', '+2d']),
  id('T').map(t => ['task', 'done', t]),
  id('C').map(c => ['event', 'add', 'form.submitted', '--contact', c, '--prop', 'n=1']),
  id('C').map(c => ['score', c, '+10']),
  fc.tuple(id('D'), fc.nat(99)).map(([d, n]) => ['invoice', 'add', '--for', d, '--amount', String(n)]),
  id('C').map(c => ['purge', c, '--yes']),
  word.map(name => ['stage', 'add', name, '--pipeline', 'sales']),
  fc.constantFrom(['run'], ['undo'], ['redo'], ['user', 'add', 'ana']),
);

describe('export all, import all', () => {
  test('any workspace is the same again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commandLine, { minLength: 4, maxLength: 16 }), async lines => {
        const ws = await fresh();
        mkdirSync(join(ws.dir, 'automations'), { recursive: true });
        writeFileSync(join(ws.dir, 'automations', 'thanks.yaml'), rule);
        for (const line of lines) await ws.crm(line);
        const copy = await again(ws);
        expect(await everything(copy)).toEqual(await everything(ws));
        expect(await copy.crm('doctor')).toMatchObject({ code: 0 });
      }),
      { numRuns: runs(3) },
    );
  });

  test('continues where it was: ids, and rules that wait', async () => {
    const ws = await fresh();
    await ws.ok('deal add A');
    mkdirSync(join(ws.dir, 'automations'), { recursive: true });
    writeFileSync(join(ws.dir, 'automations', 'thanks.yaml'), rule);
    await ws.ok('run');
    await ws.ok('deal win D1');
    await ws.ok('run');
    await ws.ok('deal add B');
    await ws.ok('deal rm D2');
    const copy = await again(ws);
    expect(await copy.ok('deal add C')).toBe('D3\n');
    await copy.ok('run', { now: '2026-09-20T08:00:00Z' });
    expect(await copy.ok('automation enrolments --fields subject,status')).toBe('D1\tcompleted\n');
    expect(await copy.ok('activity list --fields text')).toBe('done\n');
    await copy.ok('deal restore D2');
  });

  test('an export is a workspace of its own, even with more transactions than a pack has', async () => {
    const ws = await fresh();
    await ws.ok('deal add Zero');
    const titles = Array.from({ length: 258 }, (_, i) => `Title ${i}`);
    await new Home(ws.dir).appendTitles('Zero', titles);
    await ws.ok('deal add Last');
    const dir = join(emptyDirectory(), 'out');
    expect((await ws.crm(['export', 'all', dir])).err).toBe(
      `wrote 2 records, 261 transactions and 2 files to ${dir}\n`,
    );
    expect(await new TestWorkspace(dir).ok('deal list --fields title')).toBe('Title 257\nLast\n');
    const copy = await again(ws);
    expect(await copy.ok('history --json')).toBe(await ws.ok('history --json'));
    expect(await copy.crm('doctor')).toMatchObject({ code: 0 });
  });

  test('hand edits that no command has seen yet are included', async () => {
    const ws = await fresh();
    await ws.ok('deal add A');
    appendFileSync(join(ws.dir, 'crm.yaml'), '# a comment\n');
    const copy = await again(ws);
    expect(readFileSync(join(copy.dir, 'crm.yaml'), 'utf8')).toMatch(/# a comment\n$/);
  });

  test('a dry run reports the result, and writes nothing', async () => {
    const ws = await fresh();
    await ws.ok('deal add A');
    const dir = join(emptyDirectory(), 'out');
    expect((await ws.crm(['export', 'all', dir, '--dry-run'])).err).toMatch(
      /^would write 1 record, 2 transactions/,
    );
    expect(existsSync(dir)).toBe(false);
    await ws.ok(['export', 'all', dir]);
    const copy = await fresh();
    expect(await copy.json(['import', 'all', dir, '--dry-run'])).toMatchObject({
      records: 1,
      transactions: 2,
    });
    expect(await copy.ok('deal list -q')).toBe('');
  });
});

describe('bad input', () => {
  test('leaves everything as it is', async () => {
    const ws = await workspace();
    await ws.ok('deal add A');
    await ws.ok('user add rob --role restricted');
    const dir = join(emptyDirectory(), 'out');
    await ws.ok(['export', 'all', dir]);
    const history = await ws.ok('history --json');
    const used = await fresh();
    await used.ok('deal add B');
    await used.ok('deal rm D1');
    const cases: [TestWorkspace, string[], number, string][] = [
      [ws, ['export', 'all'], 2, 'into which directory?'],
      [ws, ['export', 'all', dir], 1, `${dir} is a workspace, which stays as it is`],
      [ws, ['export', 'all', join(ws.dir, 'backup')], 1, 'is inside the workspace'],
      [ws, ['--as', 'rob', 'export', 'all', `${dir}-x`], 1, 'rob is restricted and does not see all'],
      [ws, ['import', 'all', dir], 1, 'this workspace has, or had, records: D2 would be next'],
      [ws, ['import', 'all', ws.dir], 2, 'is this workspace'],
      [used, ['import', 'all', dir], 1, 'this workspace has, or had, records'],
      [used, ['import', 'all', tmpdir()], 3, 'there is no exported workspace in'],
      [used, ['import', 'all'], 2, 'from which directory?'],
    ];
    for (const [where, args, code, message] of cases) {
      const ran = await where.crm(args);
      expect([ran.code, ran.out], args.join(' ')).toEqual([code, '']);
      expect(ran.err).toContain(message);
    }
    expect(await ws.ok('history --json')).toBe(history);
  });

  test('settings with a history of their own are only replaced with a yes', async () => {
    const ws = await fresh();
    await ws.ok('deal add A');
    const dir = join(emptyDirectory(), 'out');
    await ws.ok(['export', 'all', dir]);
    const copy = await fresh();
    await copy.ok('user add ana --role admin');
    const ran = await copy.crm(['import', 'all', dir]);
    expect([ran.code, ran.err]).toEqual([
      2,
      expect.stringContaining('their 2 transactions? There is nobody to ask'),
    ]);
    await copy.ok(['import', 'all', dir, '--yes']);
    expect(await everything(copy)).toEqual(await everything(ws));
  });

  test('a damaged export is reported, and not imported', async () => {
    const ws = await fresh();
    await ws.ok('deal add A');
    const dir = join(emptyDirectory(), 'out');
    await ws.ok(['export', 'all', dir]);
    const file = join(dir, 'data', 'journal', '00000002.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"A"', '"B"'));
    const copy = await fresh();
    const ran = await copy.crm(['import', 'all', dir]);
    expect([ran.code, ran.err]).toEqual([5, expect.stringContaining('transaction 2 is damaged')]);
    expect(await copy.ok('history --json --fields tx')).toBe('[\n{"tx":1}\n]\n');
  });
});

test('an import that is cut short at any step can be done again', async () => {
  const ws = await fresh();
  await ws.ok('deal add A');
  await ws.ok('deal add B');
  const dir = join(emptyDirectory(), 'out');
  await ws.ok(['export', 'all', dir]);
  const { pieces } = verifyJournal(nodeIo, dir, recordKinds, () => {});
  class Killed extends Error {}
  for (let step = 0, isDone = false; !isDone; step++) {
    const copy = await fresh();
    let left = step;
    const counted = ['renameSync', 'unlinkSync', 'rmdirSync', 'linkSync', 'openSync'] as const;
    const dying = { ...nodeIo };
    for (const name of counted)
      dying[name] = ((...args: unknown[]) => {
        if (left-- === 0) throw new Killed();
        return (nodeIo[name] as (...args: unknown[]) => unknown)(...args);
      }) as never;
    let count = 0;
    try {
      replaceJournal(
        dying,
        dir,
        pieces,
        copy.dir,
        { name: () => `.tmp-1-0-${++count}-${step}` },
        recordKinds,
      );
      isDone = true;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    if (!isDone) {
      expect(await copy.crm('status'), `step ${step}`).toMatchObject({ code: 0 });
      if ((await copy.ok('deal list -q')) === '') await copy.ok(['import', 'all', dir, '--yes']);
    }
    expect(await copy.ok('deal list -q'), `step ${step}`).toBe('D1\nD2\n');
  }
});
