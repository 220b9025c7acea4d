/** What a command is told to write is never what it reads, and nothing of a workspace, by whatever links. */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyDirectory, type TestWorkspace, workspace } from '../../harness.ts';

const people = 'name,email\nJane,jane@example.com\nJim,jane@example.com\n';

/** A workspace, another one, and a directory beside them from which commands are run. */
async function places(): Promise<{ ws: TestWorkspace; other: TestWorkspace; cwd: string }> {
  const [ws, other] = [await workspace(), await workspace()];
  await ws.ok('deal add A');
  const cwd = emptyDirectory();
  writeFileSync(join(cwd, 'people.csv'), people);
  writeFileSync(join(cwd, 'mapping.yaml'), 'kind: contacts\ncolumns: { name: name, email: email }\n');
  for (const { dir } of [ws, other]) writeFileSync(join(dir, 'notes.txt'), 'mine\n');
  return { ws, other, cwd };
}

/** Every file below a directory, with what is in it. */
function contentOf(dir: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter(name => !name.startsWith('.crm') && statSync(join(dir, name)).isFile())
      .map(name => [name, readFileSync(join(dir, name), 'latin1')]),
  );
}

/** The command lines that write a file. */
const writers = (file: string): string[][] => [
  ['export', 'deals', '-o', file],
  ['import', 'contacts', 'people.csv', '--skip-invalid', '--errors', file],
];

describe('a file of a workspace is never written', () => {
  const inWorkspace = (ws: TestWorkspace) =>
    [
      'crm.yaml',
      'notes.txt',
      'data/journal/00000001.jsonl',
      'data/deals.jsonl',
      'pipelines/sales.yaml',
      'pipelines/new.yaml',
      'automations/new.yaml',
      'data/journal/00000009.jsonl',
      '.crm/lock',
      '.git/config',
      '.gitignore',
      'CRM.YAML',
      'hooks/x',
    ].map(name => join(ws.dir, name));

  test('neither of that of the command nor of another one, by its name or through links', async () => {
    const { ws, other, cwd } = await places();
    mkdirSync(join(ws.dir, '.git'));
    symlinkSync(ws.dir, join(cwd, 'link'));
    symlinkSync(join(ws.dir, 'data'), join(cwd, 'data-link'));
    symlinkSync(join(ws.dir, 'crm.yaml'), join(cwd, 'file-link'));
    symlinkSync(join(ws.dir, 'nothing-yet.txt'), join(cwd, 'dangling'));
    const before = [contentOf(ws.dir), contentOf(other.dir)];
    const targets = [
      ...inWorkspace(ws),
      ...inWorkspace(other).slice(0, 3),
      ...inWorkspace(ws)
        .slice(0, 5)
        .map(path => join('link', relative(ws.dir, path))),
      'data-link/journal/00000001.jsonl',
      'file-link',
      'dangling',
    ];
    for (const target of targets)
      for (const args of writers(target)) {
        const ran = await ws.crm(['-C', ws.dir, ...args], { cwd });
        expect({ args, code: ran.code, out: ran.out }).toEqual({ args, code: 1, out: '' });
        expect(ran.err).toMatch(/^Error: .* (is in the workspace|cannot be written|is a link to)/);
      }
    expect([contentOf(ws.dir), contentOf(other.dir)]).toEqual(before);
  });

  test('a hard link elsewhere is not a way to it', async () => {
    const { ws } = await places();
    const cwd = join(dirname(ws.dir), 'beside');
    mkdirSync(cwd);
    const before = contentOf(ws.dir);
    linkSync(join(ws.dir, 'crm.yaml'), join(cwd, 'hard'));
    await ws.ok(['-C', ws.dir, 'export', 'deals', '-o', 'hard'], { cwd });
    expect(readFileSync(join(cwd, 'hard'), 'utf8')).toMatch(/^id,title/);
    expect(contentOf(ws.dir)).toEqual(before);
  });

  test('a new file beside those of the workspace is written, and an old one elsewhere replaced', async () => {
    const { ws, cwd } = await places();
    await ws.ok('export deals -o deals.csv');
    expect(readFileSync(join(ws.dir, 'deals.csv'), 'utf8')).toMatch(/^id,title/);
    expect((await ws.crm('export deals -o deals.csv')).code).toBe(1);
    for (let i = 0; i < 2; i++) await ws.ok(['-C', ws.dir, 'export', 'deals', '-o', 'deals.csv'], { cwd });
    symlinkSync(join(cwd, 'deals.csv'), join(cwd, 'shown.csv'));
    await ws.ok(['-C', ws.dir, 'export', 'contacts', '-o', 'shown.csv'], { cwd });
    expect(readFileSync(join(cwd, 'deals.csv'), 'utf8')).toMatch(/^id,name/);
  });

  test('a path that is not a regular file is written as it is named', async () => {
    const { ws } = await places();
    await ws.ok('export deals -o /dev/null');
  });
});

describe('a file that the command reads is not overwritten', () => {
  test.each(['people.csv', './x/../people.csv', 'soft', 'hard', 'mapping.yaml'])('%s', async target => {
    const { ws, cwd } = await places();
    mkdirSync(join(cwd, 'x'));
    symlinkSync('people.csv', join(cwd, 'soft'));
    linkSync(join(cwd, 'people.csv'), join(cwd, 'hard'));
    const before = contentOf(cwd);
    const line = ['-C', ws.dir, 'import', 'contacts', 'people.csv', '--mapping', 'mapping.yaml'];
    for (const more of [[], ['--skip-invalid'], ['--dry-run']]) {
      const ran = await ws.crm([...line, ...more, '--errors', target], { cwd });
      expect(ran).toMatchObject({
        code: 1,
        out: '',
        err: `Error: ${target} is what this command reads, and would be overwritten\nHint: name another file to write\n`,
      });
    }
    expect(contentOf(cwd)).toEqual(before);
    expect(await ws.ok('contact list -q')).toBe('');
  });
});

describe('a new directory inside a workspace is refused, also through links', () => {
  test.each(['export all', 'doctor --salvage'])('%s', async command => {
    const { ws, other, cwd } = await places();
    symlinkSync(ws.dir, join(cwd, 'link'));
    symlinkSync(other.dir, join(cwd, 'other'));
    const before = [contentOf(ws.dir), contentOf(other.dir)];
    for (const target of [
      'link/new',
      'link/data/new',
      'other/new',
      join(ws.dir, 'new'),
      join(ws.dir, 'a/b/c'),
    ]) {
      const ran = await ws.crm(['-C', ws.dir, ...command.split(' '), target], { cwd });
      expect({ target, code: ran.code }).toEqual({ target, code: 1 });
      expect(ran.err).toContain('is inside the workspace');
    }
    expect([contentOf(ws.dir), contentOf(other.dir)]).toEqual(before);
    expect(existsSync(join(ws.dir, 'new'))).toBe(false);
    await ws.ok(['-C', ws.dir, ...command.split(' '), join(cwd, 'good')], { cwd });
    expect(existsSync(join(cwd, 'good', 'crm.yaml'))).toBe(true);
  });
});

test.skipIf(!existsSync('/dev/full'))('a full disk is said to be one', async () => {
  const { ws } = await places();
  expect(await ws.crm('export deals -o /dev/full')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^Error: \/dev\/full cannot be written: .*\n$/),
  });
});

describe('CSV of any command guards texts against formulas', () => {
  const evil = '=HYPERLINK("http://x","y")';

  test('unless --raw is given; numbers are not texts', async () => {
    const ws = await workspace();
    await ws.ok(['field', 'add', 'deal', 'change', '--type', 'number', '--label', evil]);
    await ws.ok(['user', 'add', 'ana', '--name', evil]);
    await ws.ok(['view', 'add', 'all', 'title:x or title:=x']);
    await ws.ok(['deal', 'add', evil, '--field', 'change=-5', '--tag', '+1,-2', '--owner', 'ana']);
    await ws.ok(['contact', 'add', '--name', '@SUM(1)', '--email', 'a@x.nl']);
    await ws.ok(['deal', 'rm', '--where', 'value:0']);
    await ws.ok('undo');
    await ws.ok(['deal', 'lose', 'D1', '--reason', '+cmd']);
    await ws.ok(['stage', 'set', 'to-contact', `name=${evil}`]);
    const cells = (csv: string) => csv.split('\n').slice(1).join('\n');
    const formula = /(?:^|[,\n])"?\s*[=+@]/;
    const lists = [
      'deal list',
      'deal show D1',
      'contact list',
      'user list',
      'user show ana',
      'stage list',
      'field list',
      'history',
      'export deals',
      'export users',
      'deal list --fields title,tags,change',
    ];
    for (const line of lists) {
      expect({ line, guarded: cells(await ws.ok(`${line} --format csv`)) }).toEqual({
        line,
        guarded: expect.not.stringMatching(formula),
      });
      expect(await ws.ok(`${line} --format tsv`)).not.toContain("'=HYPERLINK");
    }
    expect(await ws.ok('deal list --format csv --fields title,tags,change')).toBe(
      `title,tags,change\n"'=HYPERLINK(""http://x"",""y"")","'+1,-2",-5\n`,
    );
    expect(await ws.ok('deal list --format csv --raw --fields title,change')).toBe(
      'title,change\n"=HYPERLINK(""http://x"",""y"")",-5\n',
    );
    expect(await ws.ok('user list --format csv --raw --fields name')).toBe(
      'name\n"=HYPERLINK(""http://x"",""y"")"\n',
    );
  });

  test('and comes back by import as it was', async () => {
    const ws = await workspace();
    await ws.ok(['deal', 'add', evil]);
    const csv = await ws.ok('deal list --format csv --fields id,title');
    expect(await ws.ok('import deals - --key id', { stdin: csv })).toBe('0 created, 1 unchanged\n');
  });
});
