import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSecret } from '../../src/channels/secret.ts';
import type { SecretSource } from '../../src/domain/mail-settings.ts';
import { readPrivate } from '../../src/store/machine/private-file.ts';
import { type Io, nodeIo } from '../../src/store/disk/io.ts';
import { emptyDirectory } from '../harness.ts';

const SECRET = 'hunter2 secret';

function at(dir: string) {
  const uid = process.geteuid?.();
  return (source: SecretSource, env: Record<string, string> = {}) =>
    readSecret(source, {
      env: { PATH: process.env.PATH, ...env },
      cwd: dir,
      readPrivate: path => readPrivate(nodeIo, join(dir, path), uid),
    });
}

const command = (...argv: string[]): SecretSource => ({ kind: 'command', argv });

test('reads a secret from a variable, a private file and a command', async () => {
  const dir = emptyDirectory();
  const read = at(dir);
  writeFileSync(join(dir, 'secret'), `${SECRET}\r\nlogin: sales\n`, { mode: 0o600 });
  symlinkSync('secret', join(dir, 'link'));
  expect(await read({ kind: 'env', name: 'PASSWORD' }, { PASSWORD: SECRET })).toBe(SECRET);
  expect(await read({ kind: 'file', path: 'secret' })).toBe(SECRET);
  expect(await read({ kind: 'file', path: 'link' })).toBe(SECRET);
  expect(await read(command('cat', 'secret'))).toBe(SECRET);
  expect(await read({ kind: 'token-command', argv: ['echo', 'token'] })).toBe('token');
});

test.each<[string, SecretSource, string]>([
  ['a variable that is not set', { kind: 'env', name: 'NOWHERE' }, '$NOWHERE is not set'],
  ['an empty variable', { kind: 'env', name: 'EMPTY' }, '$EMPTY is empty'],
  ['a file that is not there', { kind: 'file', path: 'nowhere' }, 'nowhere: cannot be read'],
  ['a directory', { kind: 'file', path: 'dir' }, 'is a directory'],
  ['a file that others may read', { kind: 'file', path: 'open' }, 'others may read it'],
  ['a link to such a file', { kind: 'file', path: 'open-link' }, 'others may read it'],
  [
    'a command that fails',
    command('sh', '-c', `echo '${SECRET}' >&2; echo '${SECRET}'; exit 3`),
    'it ended with 3',
  ],
  ['a program that is not there', command('./nowhere'), 'there is no such program'],
  ['a command that prints nothing', command('true'), 'is empty'],
  ['a command that prints an endless line', command('sh', '-c', `yes '${SECRET}'`), 'did not'],
])('refuses %s, and says nothing of what is in it', async (_, source, why) => {
  const dir = emptyDirectory();
  mkdirSync(join(dir, 'dir'), { mode: 0o700 });
  writeFileSync(join(dir, 'open'), SECRET);
  chmodSync(join(dir, 'open'), 0o640);
  symlinkSync('open', join(dir, 'open-link'));
  const error = await at(dir)(source, { EMPTY: '' }).then(
    () => undefined,
    thrown => thrown as Error,
  );
  expect(error?.message).toContain(why);
  expect(JSON.stringify({ ...error, message: error?.message })).not.toContain('hunter2');
});

test.each([
  ['your own', 1000, 0o640, 'others may read it', /^chmod 600 /],
  ['root’s', 0, 0o640, 'others may read it', /^use a file of your own$/],
  ['another user’s', 1001, 0o640, 'belongs to another user', /^use a file of your own$/],
  [
    'another user’s, which only they can read',
    1001,
    0o600,
    'belongs to another user',
    /^use a file of your own$/,
  ],
])('advises to change the mode of a file only if you can: %s', (_, owner, mode, why, hint) => {
  const path = join(emptyDirectory(), 'secret');
  writeFileSync(path, SECRET);
  chmodSync(path, mode);
  const io: Io = {
    ...nodeIo,
    lstatSync: ((each: string) => Object.assign(nodeIo.lstatSync(each), { uid: owner })) as Io['lstatSync'],
  };
  let error: unknown;
  try {
    readPrivate(io, path, 1000);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    message: expect.stringContaining(why),
    hint: expect.stringMatching(hint),
  });
});
