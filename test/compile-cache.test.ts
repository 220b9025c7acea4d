/** What V8 compiled is run as it lies there, so it must not come from anybody but the user. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyDirectory } from './harness.ts';

const binary = fileURLToPath(new URL('../bin/crm.js', import.meta.url));

/** How a program ends that somebody else put into the cache. V8 takes it for ours, since it is as long. */
const PLANTED = 77;
const plantIn = (name: string, wrapper = 0): string => {
  const file = JSON.stringify(fileURLToPath(new URL(`../dist/${name}`, import.meta.url)));
  return `
  const { Script } = require('node:vm');
  const { readFileSync, writeFileSync } = require('node:fs');
  const source = readFileSync(${file}, 'utf8');
  const planted = 'process.exit(${PLANTED})//'.padEnd(source.length + ${wrapper}, ' ');
  const data = new Script(planted, { filename: ${file} }).createCachedData();
  writeFileSync(process.argv[1], Buffer.concat([data, data]), { mode: 0o600 });`;
};
/** The length of what the loader puts around a library. */
const WRAPPER_LENGTH = '(function(exports,require,module){\n})'.length;

interface Surroundings {
  readonly env: Record<string, string>;
  readonly cwd?: string;
}

const crm = ({ env, cwd = '/' }: Surroundings) =>
  execa('node', [binary, 'completion', 'bash'], {
    cwd,
    env: { PATH: process.env.PATH!, ...env },
    extendEnv: false,
    reject: false,
  });

/** A home with what was compiled for a command that needs little in it, and somebody else's program in its place. */
let model: string;
let removeModel: () => void;
beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'crm-test-'));
  model = join(root, 'home');
  removeModel = () => rmSync(root, { recursive: true, force: true });
  mkdirSync(model);
  for (let i = 0; i < 2; i++) await crm({ env: { XDG_CACHE_HOME: model } });
  execFileSync('node', ['-e', plantIn('crm.cjs'), compiledIn(model)]);
});
afterAll(() => removeModel());

/** What was compiled for that command in a home. */
function compiledIn(home: string): string {
  const all = join(home, 'crm');
  return join(all, readdirSync(all).find(name => existsSync(join(all, name, COMPILED)))!, COMPILED);
}
const COMPILED = 'completion-bash.crm.cjs';

/** A copy of that home. */
function planted(): { home: string; file: string; dir: string } {
  const home = join(emptyDirectory(), 'home');
  cpSync(model, home, { recursive: true, preserveTimestamps: true });
  const file = compiledIn(home);
  return { home, file, dir: dirname(file) };
}

describe('what is in the cache is run', () => {
  test('where it is as crm left it', async () => {
    const { home } = planted();
    expect((await crm({ env: { XDG_CACHE_HOME: home } })).exitCode).toBe(PLANTED);
  });

  test.each<[string, (place: { home: string; file: string; dir: string }) => unknown]>([
    ['by a relative path', ({ home }) => ({ env: { XDG_CACHE_HOME: 'home' }, cwd: dirname(home) })],
    [
      'by a home that is a relative path',
      ({ home }) => {
        renameSync(home, join(dirname(home), '.cache'));
        return { env: { HOME: relative('/', dirname(home)) } };
      },
    ],
    ['in a file that others can write', ({ file }) => chmodSync(file, 0o620)],
    ['in a directory that others can write', ({ dir }) => chmodSync(dir, 0o770)],
    ['below a directory that others can write', ({ home }) => chmodSync(join(home, 'crm'), 0o777)],
    ['in a workspace', ({ home }) => writeFileSync(join(home, 'crm.yaml'), 'name: Theirs\n')],
    ['below a workspace', ({ home }) => writeFileSync(join(dirname(home), 'crm.yaml'), 'name: Theirs\n')],
    [
      'by a link into a workspace',
      ({ home }) => {
        writeFileSync(join(home, 'crm.yaml'), 'name: Theirs\n');
        symlinkSync(home, `${home}-link`);
        return { env: { XDG_CACHE_HOME: `${home}-link` } };
      },
    ],
    [
      'by a link to a file',
      ({ file }) => {
        renameSync(file, `${file}.theirs`);
        symlinkSync(`${file}.theirs`, file);
      },
    ],
    [
      'by a link to a directory',
      ({ dir }) => {
        renameSync(dir, `${dir}.theirs`);
        symlinkSync(`${dir}.theirs`, dir);
      },
    ],
  ])('and not %s', async (_, change) => {
    const place = planted();
    const changed = change(place) as Surroundings | undefined;
    const surroundings = changed ?? { env: { XDG_CACHE_HOME: place.home } };
    expect(await crm(surroundings)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.skipIf(process.geteuid?.() !== 0)('and not of another user', async () => {
    for (const which of ['file', 'dir'] as const) {
      const place = planted();
      chownSync(place[which], 65534, 65534);
      expect((await crm({ env: { XDG_CACHE_HOME: place.home } })).exitCode, which).toBe(0);
    }
  });

  test('a workspace in the home directory is not a reason to do without', async () => {
    const home = emptyDirectory();
    writeFileSync(join(home, 'crm.yaml'), 'name: Mine\n');
    for (let i = 0; i < 2; i++) await crm({ env: { HOME: home } });
    expect(readdirSync(join(home, '.cache/crm')).length).toBeGreaterThan(0);
  });
});

test('what was compiled of a library is kept once for all commands, and run only from a safe place', async () => {
  const home = join(emptyDirectory(), 'home');
  mkdirSync(home);
  const init = async () => {
    const env = { PATH: process.env.PATH!, XDG_CACHE_HOME: home };
    return execa('node', [binary, 'init', '.'], {
      cwd: emptyDirectory(),
      env,
      extendEnv: false,
      reject: false,
    });
  };
  for (let i = 0; i < 2; i++) expect((await init()).exitCode).toBe(0);
  const all = join(home, 'crm');
  const kept = (name: string) =>
    join(all, readdirSync(all).find(dir => existsSync(join(all, dir, name)))!, name);
  const file = kept('crm.yaml.cjs');
  execFileSync('node', ['-e', plantIn('vendor/yaml.cjs', WRAPPER_LENGTH), file]);
  expect((await init()).exitCode).toBe(PLANTED);
  chmodSync(file, 0o620);
  expect(await init()).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('Error') });
});

test('makes nothing without a home directory', async () => {
  const home = join(emptyDirectory(), 'nowhere');
  expect((await crm({ env: { HOME: home } })).exitCode).toBe(0);
  expect(existsSync(home)).toBe(false);
});

test('nothing is made in a workspace', async () => {
  const dir = emptyDirectory();
  writeFileSync(join(dir, 'crm.yaml'), 'name: Theirs\n');
  expect((await crm({ env: { XDG_CACHE_HOME: join(dir, 'cache') } })).exitCode).toBe(0);
  expect(readdirSync(dir)).toEqual(['crm.yaml']);
});

test('removes only old files that crm compiled', async () => {
  const home = emptyDirectory();
  const all = join(home, 'crm');
  const old = '0123456789abcdef-v20.1.0-x64';
  const withMore = '0123456789abcdef-v20.1.0-arm64';
  const files = [
    'workspaces/1-2/deals.cols',
    'mine/crm.yaml',
    'notes.txt',
    `${old}/help.crm.cjs`,
    `${old}/deal-list.more.cjs.4711`,
    `${withMore}/help.crm.cjs`,
    `${withMore}/mine.txt`,
  ];
  for (const file of files) {
    mkdirSync(dirname(join(all, file)), { recursive: true, mode: 0o700 });
    writeFileSync(join(all, file), 'x');
  }
  mkdirSync(join(home, 'elsewhere'));
  writeFileSync(join(home, 'elsewhere/help.crm.cjs'), 'x');
  const link = '0123456789abcdef-v18.0.0-x64';
  symlinkSync(join(home, 'elsewhere'), join(all, link));
  const longAgo = new Date('2020-01-01');
  for (const name of readdirSync(all)) utimesSync(join(all, name), longAgo, longAgo);
  await crm({ env: { XDG_CACHE_HOME: home } });
  const left = files.filter(file => existsSync(join(all, file)));
  expect(left).toEqual(['workspaces/1-2/deals.cols', 'mine/crm.yaml', 'notes.txt', `${withMore}/mine.txt`]);
  expect(existsSync(join(all, old))).toBe(false);
  expect(existsSync(join(home, 'elsewhere/help.crm.cjs'))).toBe(true);
});
