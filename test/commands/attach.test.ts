/** Files that are attached to records: copied durably, named in the record, and gone with it. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileNameFrom, isFilePath, numberedName } from '../../src/domain/file-paths.ts';
import { emptyDirectory, type TestWorkspace, workspace } from '../harness.ts';
import { hookedIo, unsyncedIo } from '../store/hooked-io.ts';
import { anyText } from '../texts.ts';

interface WithFiles {
  readonly files?: string[];
}

async function made(): Promise<{ ws: TestWorkspace; at: string; read: (path: string) => string }> {
  const ws = await workspace();
  const at = emptyDirectory();
  writeFileSync(join(at, 'offer.pdf'), 'one');
  writeFileSync(join(at, 'Plan B.txt'), 'plan');
  await ws.ok(['deal', 'add', 'Chairs', '--contact', 'jane@example.com']);
  return { ws, at, read: path => readFileSync(join(ws.dir, path), 'utf8') };
}

const filesOf = async (ws: TestWorkspace, id = 'D1') =>
  (await ws.json<WithFiles>(`${id.startsWith('D') ? 'deal' : 'contact'} show ${id}`)).files;

test('attach, list, detach, undo: the record names the files, which stay', async () => {
  const { ws, at, read } = await made();
  expect(
    (await ws.crm(['deal', 'attach', 'D1', 'offer.pdf', 'Plan B.txt'], { cwd: at, env: { CRM_DIR: ws.dir } }))
      .err,
  ).toBe('attached to D1\n');
  expect(await filesOf(ws)).toEqual(['files/D1/offer.pdf', 'files/D1/Plan B.txt']);
  expect([read('files/D1/offer.pdf'), read('files/D1/Plan B.txt')]).toEqual(['one', 'plan']);
  expect(await ws.ok('deal files D1')).toBe('files/D1/offer.pdf\t3\nfiles/D1/Plan B.txt\t4\n');
  expect((await ws.crm('deal show D1', { tty: 100 })).out).toMatch(/files +files\/D1\/offer\.pdf/);
  // The same again is no change; another one of the same name gets a name of its own.
  const again = await ws.crm(['deal', 'attach', 'D1', join(at, 'offer.pdf')]);
  expect([again.code, await filesOf(ws)]).toEqual([0, ['files/D1/offer.pdf', 'files/D1/Plan B.txt']]);
  writeFileSync(join(at, 'offer.pdf'), 'two');
  await ws.ok(['deal', 'attach', 'D1', join(at, 'offer.pdf')]);
  expect(read('files/D1/offer.pdf') + read('files/D1/offer (2).pdf')).toBe('onetwo');
  await ws.ok(['deal', 'detach', 'D1', 'offer.pdf', 'files/D1/Plan B.txt']);
  expect(await filesOf(ws)).toEqual(['files/D1/offer (2).pdf']);
  expect(read('files/D1/offer.pdf')).toBe('one');
  await ws.ok('undo');
  expect(await filesOf(ws)).toHaveLength(3);
  expect(await ws.crm('deal detach D1 ofer.pdf')).toMatchObject({
    code: 3,
    err: expect.stringContaining('D1 does not have the file "ofer.pdf"'),
  });
  // Contacts and accounts too.
  await ws.ok(['contact', 'attach', 'jane@example.com', join(at, 'offer.pdf')]);
  expect(await filesOf(ws, 'C1')).toEqual(['files/C1/offer.pdf']);
  expect(await ws.json('deal list has:files')).toHaveLength(1);
});

test('a file that cannot be attached leaves all as it was', async () => {
  const { ws, at } = await made();
  mkdirSync(join(at, 'dir'));
  execFileSync('mkfifo', [join(at, 'pipe')]);
  writeFileSync(join(at, 'large'), '');
  truncateSync(join(at, 'large'), 25 * 2 ** 20 + 1);
  for (const [name, code, message] of [
    ['none', 3, 'there is no file'],
    ['dir', 2, 'is a directory'],
    ['pipe', 2, 'is not a regular file'],
    ['large', 1, 'may have at most 25'],
  ] as const) {
    const ran = await ws.crm(['deal', 'attach', 'D1', join(at, 'offer.pdf'), join(at, name)]);
    expect({ name, code: ran.code, err: ran.err }).toEqual({
      name,
      code,
      err: expect.stringContaining(message),
    });
  }
  expect((await ws.crm(['deal', 'attach', 'D9', join(at, 'offer.pdf')])).code).toBe(3);
  expect((await ws.crm('deal attach D1')).code).toBe(2);
  await ws.ok(['deal', 'attach', 'D1', join(at, 'offer.pdf'), '--dry-run']);
  expect([await filesOf(ws), existsSync(join(ws.dir, 'files'))]).toEqual([undefined, false]);
  // A link in the place of the folder leads out of the workspace.
  symlinkSync(at, join(ws.dir, 'files'));
  expect(await ws.crm(['deal', 'attach', 'D1', join(at, 'offer.pdf')])).toMatchObject({
    code: 5,
    err: expect.stringContaining('is a link, and not a directory'),
  });
  expect(readdirSync(at).sort()).toEqual(['Plan B.txt', 'dir', 'large', 'offer.pdf', 'pipe']);
});

test('a purge takes the files away, and nothing that a link points to', async () => {
  const { ws, at } = await made();
  await ws.ok(['deal', 'attach', 'D1', join(at, 'offer.pdf')]);
  await ws.ok(['deal', 'detach', 'D1', 'offer.pdf']);
  await ws.ok(['deal', 'attach', 'D1', join(at, 'Plan B.txt')]);
  await ws.ok(['contact', 'attach', 'C1', join(at, 'Plan B.txt')]);
  symlinkSync(join(at, 'offer.pdf'), join(ws.dir, 'files/D1/link'));
  await ws.ok('purge D1 --yes');
  expect(readdirSync(join(ws.dir, 'files'))).toEqual(['C1']);
  expect(readFileSync(join(at, 'offer.pdf'), 'utf8')).toBe('one');
});

test('a purge whose files cannot be removed has erased the rest, and names them', async () => {
  const { ws, at } = await made();
  await ws.ok(['deal', 'attach', 'D1', join(at, 'offer.pdf')]);
  const io = hookedIo(
    {
      unlinkSync(path) {
        if (String(path).includes('/files/')) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
        unsyncedIo.unlinkSync(path);
      },
    },
    unsyncedIo,
  );
  const { code, err } = await ws.crm('purge D1 --yes', { io });
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /^Error: what transaction \d+ erases is gone, but for its files: files\/D1 cannot be removed\nHint: rm -r files\/D1\n$/,
    ),
  ]);
  expect((await ws.crm('deal show D1')).code).toBe(3);
  expect(existsSync(join(ws.dir, 'files/D1/offer.pdf'))).toBe(true);
});

test('export all and import all carry them', async () => {
  const { ws, at } = await made();
  await ws.ok(['deal', 'attach', 'D1', join(at, 'offer.pdf')]);
  await ws.ok(['export', 'all', join(at, 'out')]);
  expect(readFileSync(join(at, 'out/files/D1/offer.pdf'), 'utf8')).toBe('one');
  const other = await workspace('empty');
  await other.ok(['import', 'all', join(at, 'out'), '--yes']);
  expect(readFileSync(join(other.dir, 'files/D1/offer.pdf'), 'utf8')).toBe('one');
  expect(await filesOf(other)).toEqual(['files/D1/offer.pdf']);
});

test('whatever a file is called, its name in the workspace is one', () => {
  fc.assert(
    fc.property(anyText({ maxLength: 300 }), fc.integer({ min: 1, max: 999 }), (name, n) => {
      const made = numberedName(fileNameFrom(name), n);
      expect(isFilePath(`files/D1/${made}`)).toBe(true);
      expect(made).not.toMatch(/[\u202a-\u202e]/);
    }),
  );
  expect(['../x', '.env', 'a/b', 'x\ny', '..', ''].map(fileNameFrom)).toEqual([
    '_._x',
    '_env',
    'a_b',
    'x_y',
    'file',
    'file',
  ]);
  expect(fileNameFrom(`${'ä'.repeat(200)}.pdf`)).toMatch(/^ä+\.pdf$/);
});
