/** What only the built program can get wrong: how its libraries are joined. `npm test` builds it first. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { isDue } from './effort.ts';
import { emptyDirectory, NOW, workspace } from './harness.ts';

const binary = fileURLToPath(new URL('../bin/crm.js', import.meta.url));

test('the built program measures characters that are neither Latin nor emoji, and draws the boxes of reports', async () => {
  const { dir, cacheHome } = await workspace();
  const crm = (...args: string[]) =>
    execa('node', [binary, ...args], {
      cwd: tmpdir(),
      env: { CRM_DIR: dir, CRM_NO_INPUT: '1', CRM_NOW: NOW, XDG_CACHE_HOME: cacheHome },
    });
  await crm('deal', 'add', 'कुर्सियाँ', '--value', '1200', '--close', 'today');
  const { stdout } = await crm('deal', 'list', '--format', 'table', '--fields', 'title,stage');
  expect(stdout).toContain('कुर्सियाँ');
  const report = await crm('report', 'forecast', '--format', 'table');
  expect(report.stdout).toMatch(/│ total +│.*│\n.*\n?.*1,200\.00/s);
});

test('every chunk of the program runs, and none needs itself', () => {
  const dist = fileURLToPath(new URL('../dist/', import.meta.url));
  const requireInDist = createRequire(dist);
  type Chunk = (provide: (exports: object) => void, need: (name: string) => unknown) => void;
  const chunks: Record<string, Chunk> = {};
  for (const file of [
    'crm.cjs',
    'look.cjs',
    'run.cjs',
    'past.cjs',
    'find.cjs',
    'report.cjs',
    'keys.cjs',
    'complete.cjs',
    'more.cjs',
  ])
    Object.assign(chunks, runInThisContext(readFileSync(join(dist, file), 'latin1')));
  expect(Object.keys(chunks).length).toBeGreaterThan(50);
  const exported = new Map<string, unknown>();
  const need = (imported: string): unknown => {
    // What the loader would run later is run at once, so that a chunk that needs itself is found.
    const name = imported.replace(/^~/, '');
    if (/^node:|^[.]/.test(name)) return requireInDist(name);
    if (exported.has(name)) {
      if (exported.get(name) === undefined) throw new Error(`${name} needs itself`);
      return exported.get(name);
    }
    exported.set(name, undefined);
    let provided: object | undefined;
    chunks[name]!(all => {
      provided = all;
    }, need);
    exported.set(name, provided);
    return provided;
  };
  // The first one is the program itself, and would run.
  for (const name of Object.keys(chunks)) if (name !== 'crm/bin') expect(need(name)).toBeTypeOf('object');
});

test('the loader runs a chunk that is imported by name when one of its exports is first read, and once', () => {
  const require = createRequire(import.meta.url);
  const { standingInFor } = require('../bin/loader/later.js') as {
    standingInFor: (need: (name: string) => object) => (name: string) => Record<string, unknown>;
  };
  const ran: string[] = [];
  const later = standingInFor(name => {
    ran.push(name);
    return { list: name, none: undefined };
  });
  const [deals, tasks] = [later('deals'), later('tasks')];
  expect(ran).toEqual([]);
  expect(later('deals')).toBe(deals);
  expect([deals.list, deals.none, deals.other, deals.list]).toEqual(['deals', undefined, undefined, 'deals']);
  expect(ran).toEqual(['deals']);
  expect(tasks.none).toBe(undefined);
  expect({ ...tasks }).toEqual({ list: 'tasks', none: undefined });
  expect(ran).toEqual(['deals', 'tasks']);
});

test('what people call all day opens neither standard input nor the file with the rest of the program', async () => {
  const ws = await workspace();
  const { dir } = ws;
  // Of its own: what this process keeps is of another version of the program.
  const cacheHome = emptyDirectory();
  const opens = join(dir, '..', 'opens.cjs');
  writeFileSync(
    opens,
    `const fs = require('node:fs');
    const { openSync } = fs;
    const read = [];
    fs.openSync = (path, ...args) => {
      if (/dist.\\w+\\.cjs$/.test(path)) read.push(path);
      return openSync(path, ...args);
    };
    process.on('exit', () => {
      const hasStreams = process.moduleLoadList.includes('NativeModule internal/fs/streams');
      console.error(JSON.stringify([...read.map(path => path.split(/\\W/).at(-2)), ...(hasStreams ? ['stdin'] : [])]));
    });`,
  );
  const opened = async (line: string): Promise<string[]> => {
    const args = ['--require', opens, binary, ...line.split(' '), '--format', 'table', '--color', 'always'];
    const { stderr } = await execa('node', args, {
      env: { CRM_DIR: dir, XDG_CACHE_HOME: cacheHome },
      stdin: 'ignore',
    });
    return JSON.parse(stderr.split('\n').at(-1)!) as string[];
  };
  const [rest, stdin] = ['more', 'stdin'];
  expect(await opened('pipeline list')).toContain(rest);
  expect(await opened('deal add --title Desks --account Acme')).not.toContain(stdin);
  // It reads what the settings became.
  for (const [nth, line] of [
    'deal add --title Chairs',
    'deal set D2 value=1200',
    'deal list',
    'deal show D1',
    'task add --title Call --for D1 --due tomorrow',
    'tasks',
    'task done T1',
    'log note D1 Hello',
    'history D1',
    'undo',
    'status',
    'board',
    'next',
    'search chairs',
    'run',
  ].entries()) {
    if (!isDue(nth, 0, 2)) {
      await ws.ok(line, { now: new Date().toISOString() });
      continue;
    }
    expect([line, ...(await opened(line)).filter(name => [rest, stdin].includes(name))]).toEqual([line]);
  }
  expect(await opened('deal show -')).toContain(stdin);
});

test('what V8 compiled is kept with the user, for each command that worked, and damage to it is noticed', async () => {
  const home = emptyDirectory();
  const crm = (...args: string[]) =>
    execa('node', [binary, ...args], { env: { XDG_CACHE_HOME: home }, reject: false });
  const kept = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.cjs'))
      .map(entry => join(entry.parentPath, entry.name));
  const { stdout } = await crm('help');
  await crm('hlep');
  await crm('init', emptyDirectory());
  const names = kept().map(path => path.split('/').at(-1));
  // A library is compiled once for all commands.
  expect(names.sort()).toEqual([
    'crm.yaml.cjs',
    ...['complete', 'crm', 'find', 'look', 'more', 'past', 'report', 'run'].map(file => `help.${file}.cjs`),
    ...['crm', 'more', 'run'].map(file => `init.${file}.cjs`),
  ]);
  const damages: ((path: string) => void)[] = [
    path => truncateSync(path, readFileSync(path).length / 2),
    path => writeFileSync(path, ''),
    path => writeFileSync(path, readFileSync(path).fill(0, 5000, 6000)),
  ];
  const works = async () => {
    expect(await crm('help')).toMatchObject({ stdout, stderr: '', exitCode: 0 });
    expect(await crm('init', emptyDirectory())).toMatchObject({ exitCode: 0 });
  };
  await works();
  // Each file is damaged in another way.
  for (const [i, path] of kept().sort().entries()) damages[i % damages.length]!(path);
  await works();
});
