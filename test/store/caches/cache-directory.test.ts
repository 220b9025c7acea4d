import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  CacheDirectory,
  type CacheSurroundings,
  removeOldCaches,
} from '../../../src/store/caches/cache-directory.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { contentsOfDirectory } from '../../app/directory-hash.ts';
import { emptyDirectory, TestWorkspace, workspace } from '../../harness.ts';

const uid = process.geteuid?.();
const temporary = { name: () => '.tmp-1-1-1-1' };
let base: string;
let dir: string;
let home: string;

beforeEach(() => {
  base = emptyDirectory();
  dir = join(base, 'ws');
  home = join(base, 'home');
  for (const each of [dir, home]) mkdirSync(each);
});

const named = (): CacheSurroundings => ({ env: { XDG_CACHE_HOME: home }, uid });
const cachesOf = (path = dir, surroundings = named()) => new CacheDirectory(nodeIo, path, surroundings);
const made = (path = dir, surroundings = named()) => cachesOf(path, surroundings).make(temporary);
const all = () => join(home, 'crm/workspaces');

describe('the caches of a workspace are', () => {
  test('is below XDG_CACHE_HOME, otherwise in .cache of the home directory; only the user can read it', () => {
    expect(cachesOf().path).toBe(undefined);
    const path = made()!;
    expect(dirname(path)).toBe(all());
    expect(cachesOf().path).toBe(path);
    for (const each of [path, all(), join(home, 'crm')])
      expect(nodeIo.statSync(each).mode & 0o777).toBe(0o700);
    expect(made(dir, { env: { HOME: home }, uid })).toBe(path.replace(home, join(home, '.cache')));
    // What is empty or not absolute is as if it were not there.
    for (const XDG_CACHE_HOME of ['', 'home', './home', '.'])
      expect(made(dir, { env: { XDG_CACHE_HOME, HOME: home }, uid })).toContain(
        join(home, '.cache/crm/workspaces'),
      );
  });

  test.each<[string, () => CacheSurroundings]>([
    ['no home', () => ({ env: {}, uid })],
    ['a home that is a relative path', () => ({ env: { HOME: 'home' }, uid })],
    ['a home that is not there', () => ({ env: { HOME: join(base, 'nowhere') }, uid })],
    [
      'a home that is a file',
      () => {
        writeFileSync(join(base, 'file'), '');
        return { env: { HOME: join(base, 'file') }, uid };
      },
    ],
    ['a home of another user', () => ({ env: { HOME: home }, uid: (uid ?? 0) + 1 })],
    [
      'a place in a workspace',
      () => {
        writeFileSync(join(dir, 'crm.yaml'), '');
        return { env: { XDG_CACHE_HOME: join(dir, '.cache') }, uid };
      },
    ],
    [
      'a link into a workspace',
      () => {
        writeFileSync(join(dir, 'crm.yaml'), '');
        symlinkSync(dir, join(base, 'link'));
        return { env: { XDG_CACHE_HOME: join(base, 'link/below') }, uid };
      },
    ],
  ])('nowhere, where there is %s', (_, surroundings) => {
    const given = surroundings();
    const names = () => readdirSync(base, { recursive: true });
    const before = names();
    expect(made(dir, given)).toBe(undefined);
    expect(names()).toEqual(before);
  });

  test.each<[string, (path: string) => void]>([
    ['that others can look into', path => chmodSync(path, 0o750)],
    ['below one that others can write', () => chmodSync(all(), 0o770)],
    [
      'that is a link',
      path => {
        renameSync(path, `${path}-theirs`);
        symlinkSync(`${path}-theirs`, path);
      },
    ],
    [
      'below a link',
      () => {
        renameSync(all(), join(base, 'theirs'));
        symlinkSync(join(base, 'theirs'), all());
      },
    ],
    [
      'that is a file',
      path => {
        rmSync(path, { recursive: true });
        writeFileSync(path, '');
      },
    ],
  ])('not in a directory %s', (_, change) => {
    change(made()!);
    expect(cachesOf().path).toBe(undefined);
    expect(made()).toBe(undefined);
  });

  test.skipIf(uid !== 0)('not in a directory of another user', () => {
    for (const which of [(path: string) => path, all]) {
      const path = made()!;
      chownSync(which(path), 65534, 65534);
      expect(made()).toBe(undefined);
      rmSync(join(home, 'crm'), { recursive: true });
    }
  });

  test('others for a copy, one that was moved, and another workspace in its place; the same by any path', () => {
    const path = made();
    cpSync(dir, join(base, 'copy'), { recursive: true });
    symlinkSync(dir, join(base, 'link'));
    expect(made(join(base, 'copy'))).not.toBe(path);
    expect(made(join(base, 'link'))).toBe(path);
    expect(made(join(base, 'copy/../ws'))).toBe(path);
    renameSync(dir, join(base, 'moved'));
    const moved = made(join(base, 'moved'));
    expect(moved).not.toBe(path);
    mkdirSync(dir);
    expect([path, moved]).not.toContain(made());
  });

  test('are removed if their workspace is gone, when another one gets its own; nothing else is removed', () => {
    const gone = made()!;
    writeFileSync(join(gone, 'deals.cols'), 'x');
    const stays = made(home)!;
    const others = ['notes', 'of-mine/deals.txt', '.hidden/deals.cols'].map(name => join(all(), name));
    for (const path of others) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'x');
    }
    symlinkSync(stays, join(all(), '1-1'));
    renameSync(dir, join(base, 'moved'));
    const moved = made(join(base, 'moved'))!;
    expect(existsSync(gone)).toBe(false);
    for (const path of [stays, moved, ...others, join(all(), '1-1')])
      expect(existsSync(path), path).toBe(true);
  });
});

describe('.crm/cache of an earlier version', () => {
  const hidden = () => join(dir, '.crm');
  const write = (...names: string[]) => {
    mkdirSync(join(hidden(), 'cache'), { recursive: true });
    for (const name of names) writeFileSync(join(hidden(), 'cache', name), 'x');
  };
  const remove = () => removeOldCaches(nodeIo, hidden(), named());

  test('goes; files that crm did not make stay', () => {
    write('deals.cols', 'config.json', 'tail.json', 'verified.json', '.tmp-1-2-3-4');
    remove();
    expect(existsSync(join(hidden(), 'cache'))).toBe(false);
    write('deals.cols', 'mine.txt');
    remove();
    expect(readdirSync(join(hidden(), 'cache'))).toEqual(['mine.txt']);
    rmSync(hidden(), { recursive: true });
    expect(remove).not.toThrow();
  });

  test('is not followed if it is a link, nor is a link above or below it', () => {
    const elsewhere = join(base, 'elsewhere');
    mkdirSync(join(elsewhere, 'cache'), { recursive: true });
    for (const name of ['config.json', 'cache/config.json']) writeFileSync(join(elsewhere, name), 'mine');
    const before = contentsOfDirectory(elsewhere, []);
    mkdirSync(hidden());
    symlinkSync(elsewhere, join(hidden(), 'cache'));
    remove();
    rmSync(hidden(), { recursive: true });
    symlinkSync(elsewhere, hidden());
    remove();
    rmSync(hidden());
    write();
    symlinkSync(join(elsewhere, 'config.json'), join(hidden(), 'cache/config.json'));
    remove();
    expect(contentsOfDirectory(elsewhere, [])).toEqual(before);
  });

  test('is neither believed nor left by the next change', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const config = readFileSync(ws.cache('config.json'));
    cpSync(ws.cache(), join(ws.dir, '.crm/cache'), { recursive: true });
    rmSync(ws.cacheHome, { recursive: true });
    const before = contentsOfDirectory(ws.dir, []);
    await ws.ok('deal list');
    expect(contentsOfDirectory(ws.dir, [])).toEqual(before);
    expect(readFileSync(ws.cache('config.json'))).toEqual(config);
    await ws.ok('deal add Tables');
    expect(readdirSync(join(ws.dir, '.crm'))).toEqual([]);
  });
});

describe('a workspace', () => {
  test('that has no place for caches works as ever, and makes none', async () => {
    const ws = await workspace();
    rmSync(ws.cacheHome, { recursive: true, force: true });
    const options = { env: { XDG_CACHE_HOME: '' } };
    const rows = Array.from({ length: 300 }, (_, n) => `Deal ${n},${'long '.repeat(250)}`);
    await ws.ok('import deals -', { ...options, stdin: `title,description\n${rows.join('\n')}\n` });
    await ws.ok('deal set D7 title=Chairs', options);
    expect(await ws.ok(['deal', 'list', 'title:=Chairs', '--fields', 'id'], options)).toBe('D7\n');
    expect(await ws.ok('doctor', options)).not.toContain('caches');
    expect(existsSync(ws.cacheHome)).toBe(false);
    expect(readdirSync(join(ws.dir, '.crm'))).toEqual([]);
  });

  test('made anew in the place of one that was removed has lost nothing', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    rmSync(join(ws.dir, 'data'), { recursive: true });
    expect((await ws.crm('deal list')).err).toContain('though there were records');
    // As if the new directory had the inode of the old one.
    const note = ws.cache('workspace.json');
    rmSync(note);
    writeFileSync(note, '');
    expect(await ws.crm('deal list')).toMatchObject({ code: 0, err: '' });
    expect((await ws.crm('deal add Tables')).code).toBe(0);
  });

  test('that is purged leaves nothing in its caches, nor in those of its former place', async () => {
    const ws = await workspace();
    await ws.ok('contact add --email jane@example.com');
    await ws.ok('contact list');
    const moved = new TestWorkspace(`${ws.dir}-moved`);
    renameSync(ws.dir, moved.dir);
    const options = { env: { XDG_CACHE_HOME: ws.cacheHome } };
    const places = () =>
      readdirSync(ws.cacheHome, { recursive: true, withFileTypes: true }).filter(
        each => each.isFile() && readFileSync(join(each.parentPath, each.name)).includes('jane@'),
      );
    expect(places()).toHaveLength(1);
    await moved.ok('purge jane@example.com --yes', options);
    expect(places()).toEqual([]);
  });
});
