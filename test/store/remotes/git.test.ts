import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { addressOf } from '../../../src/store/remotes/index.ts';
import type { Remote } from '../../../src/store/remotes/remote.ts';
import { tipOf } from '../../../src/store/journal/sealed.ts';
import { runs } from '../../effort.ts';
import { emptyDirectory } from '../../harness.ts';
import { chain, remoteContract } from './contract.ts';
import { bareRepository } from './git-repository.ts';
import { remotePlace } from './place.ts';

const START = { seq: 0, hash: GENESIS };

const gitIn = (dir: string, ...args: string[]): string =>
  execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

const open = (dir: string, extra = {}) => {
  const { kind, url } = addressOf(`git+file://${dir}`, '/');
  return kind.open(url, remotePlace(extra));
};

/** Opens it as a machine whose own repository has been made, by whatever makes it in other tests. */
const openMade = (dir: string, extra = {}) => {
  const own = join(emptyDirectory(), 'own');
  bareRepository(join(own, 'git'));
  return open(dir, { own, ...extra });
};

remoteContract(
  'a ref of a git repository',
  () => {
    const dir = bareRepository();
    return {
      open: () => openMade(dir),
      refuse() {
        const hook = join(dir, 'hooks', 'pre-receive');
        mkdirSync(join(dir, 'hooks'), { recursive: true });
        writeFileSync(hook, '#!/bin/sh\necho no pushes on Mondays >&2\nexit 1\n');
        chmodSync(hook, 0o755);
        return { words: /refuses the push: .*no pushes on Mondays/, allow: () => rmSync(hook) };
      },
    };
  },
  runs(1),
);

test('pages before the tip take no question to the host', async () => {
  const dir = bareRepository();
  const all = chain(START, 12);
  const writer = await openMade(dir);
  await writer.append(START, all.slice(0, 10));
  const trace = join(emptyDirectory(), 'trace');
  const remote = await openMade(dir, { env: { PATH: process.env.PATH, HOME: '/nowhere', GIT_TRACE: trace } });
  const asked = () => readFileSync(trace, 'utf8').match(/built-in: git ls-remote/g)!.length;
  expect((await remote.tip()).seq).toBe(10);
  const read: number[] = [];
  for (let after = 0; after < 10; after += 4)
    read.push(...(await remote.read(after, 4)).map(({ seq }) => seq));
  expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(asked()).toBe(2);
  await writer.append(tipOf(all[9]!), all.slice(10));
  expect((await remote.read(10, 4)).map(({ hash }) => hash)).toEqual(all.slice(10).map(({ hash }) => hash));
  expect(asked()).toBe(3);
});

test('each push is one commit with its transactions alone, or one for each 256 of them, and the branch, index and files of the user stay', async () => {
  const dir = join(emptyDirectory(), 'work');
  execFileSync('git', ['init', '--quiet', '-b', 'main', dir]);
  writeFileSync(join(dir, 'notes.txt'), 'mine\n');
  gitIn(dir, 'add', 'notes.txt');
  const index = gitIn(dir, 'ls-files', '--stage');
  const remote = await open(dir);
  const all = chain(START, 321);
  await remote.append(START, all.slice(0, 20));
  await remote.append(tipOf(all[19]!), all.slice(20, 320));
  await remote.append(tipOf(all[319]!), all.slice(320));
  expect(gitIn(dir, 'log', '--format=%s %an', 'refs/crm/journal').split('\n')).toEqual([
    'crm 321 crm',
    'crm 277-320 crm',
    'crm 21-276 crm',
    'crm 1-20 crm',
  ]);
  expect(gitIn(dir, 'ls-tree', '--name-only', 'refs/crm/journal')).toBe('00000321.jsonl');
  expect(gitIn(dir, 'ls-tree', '--name-only', 'refs/crm/journal~3').split('\n')).toHaveLength(20);
  expect(gitIn(dir, 'ls-files', '--stage')).toBe(index);
  expect(gitIn(dir, 'for-each-ref', '--format=%(refname)')).toBe('refs/crm/journal');
  expect(gitIn(dir, 'status', '--porcelain')).toBe('A  notes.txt');
  const page = await (await openMade(dir)).read(270, 10);
  expect(page.map(({ hash }) => hash)).toEqual(all.slice(270, 280).map(({ hash }) => hash));
});

test('a purge leaves no old object here, on another machine, whichever process pushed it, and none that the ref still names on the host', async () => {
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
  const purger = remotePlace();
  await (await kind.open(url, purger)).redact(tipOf(all[2]!), [{ ...all[1]!, bytes: short }]);
  expect(gitIn(dir, 'rev-list', '--objects', 'refs/crm/journal')).not.toContain(before);
  expect((await (await as(4)).tip()).seq).toBe(3);
  for (const each of [own, join(purger.own, 'git')])
    expect(() => gitIn(each, 'cat-file', '-e', before)).toThrow();
});

test('another ref may be named, and a ref that is not a journal is refused', async () => {
  const dir = bareRepository();
  const options = { ref: 'refs/heads/crm' };
  const all = chain(START, 1);
  await (await openMade(dir, { options })).append(START, all);
  expect(gitIn(dir, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/crm');
  const tree = gitIn(dir, 'rev-parse', 'refs/heads/crm^{tree}');
  const env = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
  const commit = gitIn(dir, ...env, 'commit-tree', '-m', 'first import', tree);
  gitIn(dir, 'update-ref', 'refs/heads/other', commit);
  const other = await openMade(dir, { options: { ref: 'refs/heads/other' } });
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
  const stop = join(wrapped, 'stop');
  // It is killed after as many calls as the file has, or at the first one that is so named.
  writeFileSync(
    join(wrapped, 'git'),
    '#!/bin/sh\nread -r n <"$STOP"\ncase "$n" in\n-*|[0-9]*) echo $((n - 1)) >"$STOP"; [ "$n" -gt 0 ] || exit 137 ;;\n*) case " $* " in *" $n "*) exit 137 ;; esac ;;\nesac\nPATH=$REST exec git "$@"\n',
  );
  chmodSync(join(wrapped, 'git'), 0o755);
  const env = {
    PATH: `${wrapped}:${process.env.PATH}`,
    REST: process.env.PATH,
    STOP: stop,
    HOME: '/nowhere',
  };
  const stopAt = (callOrCount: string | number) => writeFileSync(stop, `${callOrCount}\n`);
  const hasSecret = (own: string) =>
    execFileSync('git', [
      '--git-dir',
      join(own, 'git'),
      'cat-file',
      '--batch-all-objects',
      '--batch',
    ]).includes('secret');
  const begun = bareRepository();
  const first = remotePlace({ env });
  const openAt = (dir: string, place: ReturnType<typeof remotePlace>) => {
    const { kind, url } = addressOf(`git+file://${dir}`, '/');
    return kind.open(url, place);
  };
  stopAt('never');
  await (await openAt(begun, first)).append(START, all);
  expect((await (await openAt(begun, first)).tip()).seq).toBe(3);
  const purge = async (remote: Remote) => remote.redact(await remote.tip(), [left]);
  let purgedElsewhere = begun;
  // Those that drop the names of old objects and remove them, and with more runs all.
  const points = ['update-ref', 'gc', ...(runs(1) > 1 ? Array.from({ length: 38 }, (_, i) => i + 2) : [])];
  for (const isPurger of [true, false]) {
    let isWhole = false;
    for (const point of points) {
      const dir = join(emptyDirectory(), 'crm.git');
      const place = remotePlace({ env });
      cpSync(purgedElsewhere, dir, { recursive: true });
      cpSync(first.own, place.own, { recursive: true });
      // A process was killed before its push ended.
      if (!isPurger) gitIn(join(place.own, 'git'), 'update-ref', 'refs/crm/made-3', 'refs/crm/fetched');
      const work = isPurger ? purge : (remote: Remote) => remote.tip();
      stopAt(point);
      isWhole = await work(await openAt(dir, place)).then(
        () => true,
        () => false,
      );
      if (point === 'gc' || (point === 'update-ref' && !isPurger)) expect(hasSecret(place.own)).toBe(true);
      stopAt('never');
      await work(await openAt(dir, place));
      expect(hasSecret(place.own), `killed at ${point}`).toBe(false);
      if (isWhole && isPurger) purgedElsewhere = dir;
      if (isWhole && typeof point === 'number') break;
    }
    expect(isWhole).toBe(true);
  }
});
