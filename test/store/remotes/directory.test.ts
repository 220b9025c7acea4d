import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { GENESIS } from '../../../src/store/lines/encoding.ts';
import { PACK_SIZE } from '../../../src/store/journal/journal-directory.ts';
import { addressOf } from '../../../src/store/remotes/index.ts';
import { tipOf } from '../../../src/store/journal/sealed.ts';
import { emptyDirectory } from '../../harness.ts';
import { hookedIo, unsyncedIo } from '../hooked-io.ts';
import { chain, remoteContract } from './contract.ts';
import { remotePlace } from './place.ts';

const START = { seq: 0, hash: GENESIS };

const open = (dir: string, extra = {}) => {
  const { kind, url } = addressOf(dir, '/');
  return kind.open(url, remotePlace(extra));
};

remoteContract('a directory', () => {
  const dir = emptyDirectory();
  let isFull = false;
  const io = hookedIo(
    {
      linkSync: (...paths) => {
        if (isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
        unsyncedIo.linkSync(...paths);
      },
    },
    unsyncedIo,
  );
  return {
    open: () => open(dir, { io }),
    refuse() {
      isFull = true;
      return {
        words: /refuses what was to be shared: the disk is full/,
        allow: () => {
          isFull = false;
        },
      };
    },
  };
});

test('a directory packs complete groups, and can read and redact them', async () => {
  const dir = emptyDirectory();
  const remote = await open(dir);
  const all = chain(START, PACK_SIZE + 3);
  await remote.append(START, all.slice(0, 2));
  await remote.append(tipOf(all[1]!), all.slice(2));
  expect(readdirSync(join(dir, 'journal')).sort()).toEqual([
    '00000257.jsonl',
    '00000258.jsonl',
    '00000259.jsonl',
    'pack-000001.jsonl',
  ]);
  expect((await remote.read(254, 4)).map(tx => tx.seq)).toEqual([255, 256, 257, 258]);
  // Numbers whose files were packed are free names, and taken all the same.
  expect(await remote.append(tipOf(all[1]!), chain(tipOf(all[1]!), 1, 'ben'))).toEqual({
    outcome: 'conflict',
  });
  expect(await remote.append(tipOf(all[1]!), all.slice(2, 4))).toEqual({ outcome: 'committed' });
});

test('a directory that is not there is not reached, and nothing is made', async () => {
  const dir = emptyDirectory();
  rmSync(dir, { recursive: true });
  const remote = await open(dir);
  for (const ask of [() => remote.tip(), () => remote.append(START, chain(START, 1))])
    await expect(ask()).rejects.toMatchObject({
      kind: 'FAILED',
      message: `${dir} cannot be reached: there is no such directory`,
      hint: 'try again',
    });
});

test.each([
  ['a folder that Syncthing copies', '.stfolder', 'Syncthing'],
  ['a folder in one that Dropbox copies', '.dropbox', 'Dropbox'],
])('%s is refused', async (_, mark, program) => {
  const top = emptyDirectory();
  mkdirSync(join(top, mark));
  const dir = join(top, 'sales');
  mkdirSync(dir);
  const remote = await open(dir);
  await expect(remote.append(START, chain(START, 1))).rejects.toMatchObject({
    kind: 'FAILED',
    message: expect.stringContaining(`${program} copies ${dir}`),
  });
  expect(readdirSync(dir)).toEqual([]);
});

test.each([
  ['gopher://host/crm', /"gopher:\/\/host\/crm" is not the address of a remote/],
  ['-oProxyCommand=sh', /is not the address of a remote/],
  ['http://', /is not the address of a remote/],
  ['file://host/srv/crm', /names another machine/],
])('%s is not an address', (text, message) => {
  expect(() => addressOf(text, '/work')).toThrow(message);
});

test.each([
  ['git+file:../x', 'git+file:///home/x'],
  ['git+file://x.git', 'git+file:///home/ana/x.git'],
  ['file:x', 'file:///home/ana/x'],
  ['git@example.com:acme/crm.git', 'of a git repository: git+ssh://git@example.com/acme/crm.git'],
  ['https://example.com/crm.git', 'of a git repository: git+https://example.com/crm.git'],
])('%s is refused with the address that is meant', (text, hint) => {
  expect(() => addressOf(text, '/home/ana')).toThrow(expect.objectContaining({ kind: 'USAGE', hint }));
});

test('a path is an address from where one is', () => {
  expect(addressOf('../shared', '/home/ana/ws').url).toEqual(pathToFileURL('/home/ana/shared'));
  expect(addressOf('git+file:/srv/x', '/').url.href).toBe('git+file:///srv/x');
});
