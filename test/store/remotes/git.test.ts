import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GENESIS } from '../../../src/store/encoding.ts';
import { addressOf } from '../../../src/store/remotes/index.ts';
import type { Remote } from '../../../src/store/remotes/remote.ts';
import { tipOf } from '../../../src/store/sealed.ts';
import { isDue } from '../../effort.ts';
import { emptyDirectory } from '../../harness.ts';
import { chain, remoteContract } from './contract.ts';
import { remotePlace } from './place.ts';

const START = { seq: 0, hash: GENESIS };

const gitIn = (dir: string, ...args: string[]): string =>
  execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

function bareRepository(): string {
  const dir = join(emptyDirectory(), 'crm.git');
  execFileSync('git', ['init', '--quiet', '--bare', dir]);
  return dir;
}

const open = (dir: string, extra = {}) => {
  const { kind, url } = addressOf(`git+file://${dir}`, '/');
  return kind.open(url, remotePlace(extra));
};

remoteContract('a ref of a git repository', () => {
  const dir = bareRepository();
  return {
    open: () => open(dir),
    refuse() {
      const hook = join(dir, 'hooks', 'pre-receive');
      mkdirSync(join(dir, 'hooks'), { recursive: true });
      writeFileSync(hook, '#!/bin/sh\necho no pushes on Mondays >&2\nexit 1\n');
      chmodSync(hook, 0o755);
      return { words: /refuses the push: .*no pushes on Mondays/, allow: () => rmSync(hook) };
    },
  };
});

test('pages before the tip take no question to the host', async () => {
  const dir = bareRepository();
  const all = chain(START, 12);
  await (await open(dir)).append(START, all.slice(0, 10));
  const trace = join(emptyDirectory(), 'trace');
  const remote = await open(dir, { env: { PATH: process.env.PATH, HOME: '/nowhere', GIT_TRACE: trace } });
  const asked = () => readFileSync(trace, 'utf8').match(/built-in: git ls-remote/g)!.length;
  expect((await remote.tip()).seq).toBe(10);
  const read: number[] = [];
  for (let after = 0; after < 10; after += 4)
    read.push(...(await remote.read(after, 4)).map(({ seq }) => seq));
  expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(asked()).toBe(2);
  await (await open(dir)).append(tipOf(all[9]!), all.slice(10));
  expect((await remote.read(10, 4)).map(({ hash }) => hash)).toEqual(all.slice(10).map(({ hash }) => hash));
  expect(asked()).toBe(3);
});

test('each push is one commit with its transactions alone, and the branch, index and files of the user stay', async () => {
  const dir = join(emptyDirectory(), 'work');
  execFileSync('git', ['init', '--quiet', '-b', 'main', dir]);
  writeFileSync(join(dir, 'notes.txt'), 'mine\n');
  gitIn(dir, 'add', 'notes.txt');
  const index = gitIn(dir, 'ls-files', '--stage');
  const remote = await open(dir);
  const all = chain(START, 22);
  await remote.append(START, all.slice(0, 1));
  await remote.append(tipOf(all[0]!), all.slice(1, 21));
  await remote.append(tipOf(all[20]!), all.slice(21));
  expect(gitIn(dir, 'log', '--format=%s %an', 'refs/crm/journal').split('\n')).toEqual([
    'crm 22 crm',
    'crm 2-21 crm',
    'crm 1 crm',
  ]);
  expect(gitIn(dir, 'ls-tree', '--name-only', 'refs/crm/journal')).toBe('00000022.jsonl');
  expect(gitIn(dir, 'ls-tree', '--name-only', 'refs/crm/journal~1').split('\n')).toHaveLength(20);
  expect(gitIn(dir, 'ls-files', '--stage')).toBe(index);
  expect(gitIn(dir, 'for-each-ref', '--format=%(refname)')).toBe('refs/crm/journal');
  expect(gitIn(dir, 'status', '--porcelain')).toBe('A  notes.txt');
});

test('many transactions are commits of 256 in one push, and a page across them is whole', async () => {
  const dir = bareRepository();
  const all = chain(START, 300);
  await (await open(dir)).append(START, all);
  expect(gitIn(dir, 'log', '--format=%s', 'refs/crm/journal').split('\n')).toEqual([
    'crm 257-300',
    'crm 1-256',
  ]);
  const page = await (await open(dir)).read(250, 10);
  expect(page.map(({ hash }) => hash)).toEqual(all.slice(250, 260).map(({ hash }) => hash));
});

test('a purge leaves no old object in our repository, and none that the ref still names on the host', async () => {
  const dir = bareRepository();
  const place = remotePlace();
  const { kind, url } = addressOf(`git+file://${dir}`, '/');
  const remote = await kind.open(url, place);
  const all = chain(START, 3);
  await remote.append(START, all);
  const before = gitIn(dir, 'rev-parse', 'refs/crm/journal:00000002.jsonl');
  const short = Buffer.from(all[1]!.bytes.toString().replace(/"title":"[^"]*"/, '"title":""'));
  await remote.redact(tipOf(all[2]!), [{ ...all[1]!, bytes: short }]);
  expect(gitIn(dir, 'rev-list', '--objects', 'refs/crm/journal')).not.toContain(before);
  expect(() => gitIn(join(place.own, 'git'), 'cat-file', '-e', before)).toThrow();
});

test('a purge on another machine leaves no old object here, whichever process pushed it', async () => {
  const dir = bareRepository();
  const { kind, url } = addressOf(`git+file://${dir}`, '/');
  const place = remotePlace();
  const as = (pid: number) => kind.open(url, { ...place, pid });
  const all = chain(START, 3);
  await (await as(1)).append(START, all.slice(0, 2));
  await (await as(2)).append(tipOf(all[1]!), all.slice(2));
  const own = join(place.own, 'git');
  expect(gitIn(own, 'for-each-ref', '--format=%(refname)')).toBe('refs/crm/fetched');
  // A process was killed before its push ended.
  gitIn(own, 'update-ref', 'refs/crm/made-3', 'refs/crm/fetched');
  const before = gitIn(dir, 'rev-parse', 'refs/crm/journal~1:00000002.jsonl');
  const short = Buffer.from(all[1]!.bytes.toString().replace(/"title":"[^"]*"/, '"title":""'));
  await (await open(dir)).redact(tipOf(all[2]!), [{ ...all[1]!, bytes: short }]);
  expect((await (await as(4)).tip()).seq).toBe(3);
  expect(() => gitIn(own, 'cat-file', '-e', before)).toThrow();
});

test('another ref may be named, and a ref that is not a journal is refused', async () => {
  const dir = bareRepository();
  const options = { ref: 'refs/heads/crm' };
  const all = chain(START, 1);
  await (await open(dir, { options })).append(START, all);
  expect(gitIn(dir, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/crm');
  const tree = gitIn(dir, 'rev-parse', 'refs/heads/crm^{tree}');
  const env = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
  const commit = gitIn(dir, ...env, 'commit-tree', '-m', 'first import', tree);
  gitIn(dir, 'update-ref', 'refs/heads/other', commit);
  const other = await open(dir, { options: { ref: 'refs/heads/other' } });
  await expect(other.tip()).rejects.toMatchObject({
    kind: 'INVALID',
    message: expect.stringContaining('refs/heads/other is not the journal of a workspace'),
  });
  await expect(open(dir, { options: { ref: '--upload-pack=sh' } })).rejects.toMatchObject({ kind: 'USAGE' });
});

test("a repository that is not there is not reached, in git's words", async () => {
  const remote = await open(join(emptyDirectory(), 'nowhere.git'));
  const message = expect.stringMatching(
    /^git\+file:.*nowhere\.git cannot be reached: .*does not (exist|appear to be)/,
  );
  await expect(remote.tip()).rejects.toMatchObject({ kind: 'FAILED', message });
  await expect(remote.append(START, chain(START, 1))).rejects.toMatchObject({ kind: 'FAILED', message });
});

test.each([
  ['git+ssh://-oProxyCommand=touch/x', 'does not name a repository'],
  ['git+ssh:///x', 'does not name a repository'],
  ['git+file://host/x', 'does not name its path from the root of the disk'],
  ['git+https://ana:secret@example.com/x', 'an address must not have a password'],
  ['git+ext::sh -c touch', 'is not the address of a remote'],
])('%s is refused', (text, message) => {
  expect(() => addressOf(text, '/')).toThrow(message);
});

test('whichever call of git is the last one before a kill, a purge leaves no old object once somebody looks again', async () => {
  const secret = Buffer.from('{"secret":true}\n');
  const withSecret = chain(START, 3);
  const left = { ...withSecret[1]!, bytes: Buffer.from(withSecret[1]!.bytes) };
  const all = withSecret.map((each, i) =>
    i === 1 ? { ...each, bytes: Buffer.concat([secret, each.bytes]) } : each,
  );
  const wrapped = emptyDirectory();
  writeFileSync(
    join(wrapped, 'git'),
    '#!/bin/sh\nn=$(cat "$COUNT"); echo $((n - 1)) >"$COUNT"; [ "$n" -gt 0 ] || exit 137\nPATH=$REST exec git "$@"\n',
  );
  chmodSync(join(wrapped, 'git'), 0o755);
  const count = join(wrapped, 'count');
  const env = {
    PATH: `${wrapped}:${process.env.PATH}`,
    REST: process.env.PATH,
    COUNT: count,
    HOME: '/nowhere',
  };
  const objectsIn = (own: string) =>
    execFileSync('git', [
      '--git-dir',
      join(own, 'git'),
      'cat-file',
      '--batch-all-objects',
      '--batch',
    ]).toString();
  const begun = bareRepository();
  const first = remotePlace({ env });
  const openAt = (dir: string, place: ReturnType<typeof remotePlace>) => {
    const { kind, url } = addressOf(`git+file://${dir}`, '/');
    return kind.open(url, place);
  };
  writeFileSync(count, '1000');
  await (await openAt(begun, first)).append(START, all);
  expect((await (await openAt(begun, first)).tip()).seq).toBe(3);
  const purge = async (remote: Remote) => remote.redact(await remote.tip(), [left]);
  const purgedElsewhere = bareRepository();
  cpSync(begun, purgedElsewhere, { recursive: true });
  await purge(await open(purgedElsewhere));
  // Of another machine every third call, and of the one that purges every sixth: of both the one before old objects are removed.
  for (const isPurger of [false, true])
    for (let calls = 2, isWhole = false; !isWhole; calls++) {
      if (!(isPurger ? isDue(calls, 1, 6) : isDue(calls, 2, 3))) continue;
      const dir = bareRepository();
      const place = remotePlace({ env });
      cpSync(isPurger ? begun : purgedElsewhere, dir, { recursive: true });
      cpSync(first.own, place.own, { recursive: true });
      const work = isPurger ? purge : (remote: Remote) => remote.tip();
      writeFileSync(count, String(calls));
      isWhole = await work(await openAt(dir, place)).then(
        () => true,
        () => false,
      );
      writeFileSync(count, '1000');
      await work(await openAt(dir, place));
      expect(objectsIn(place.own), `killed after ${calls} calls`).not.toContain('secret');
      expect(calls).toBeLessThan(40);
    }
});
