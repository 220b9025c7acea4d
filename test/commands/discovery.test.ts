import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyDirectory, TestWorkspace, workspace } from '../harness.ts';

describe('which workspace', () => {
  test('-C, else CRM_DIR, else the nearest directory upwards', async () => {
    const [near, named, given] = [await workspace(), await workspace(), await workspace()];
    await near.ok('deal add Near');
    await named.ok('deal add Named');
    await given.ok('deal add Given');
    const deep = join(near.dir, 'a', 'b', 'c');
    mkdirSync(deep, { recursive: true });
    const titles = (args: string[], env: Record<string, string> = {}, cwd = deep) =>
      near.ok([...args, 'deal', 'list', '--fields', 'title'], { cwd, env });
    expect(await titles([])).toBe('Near\n');
    expect(await titles([], { CRM_DIR: '' })).toBe('Near\n');
    expect(await titles([], { CRM_DIR: named.dir })).toBe('Named\n');
    expect(await titles(['-C', given.dir], { CRM_DIR: named.dir })).toBe('Given\n');
    expect(await titles(['-C', '../../..'])).toBe('Near\n');
    expect(await titles(['--dir', '.'], {}, given.dir)).toBe('Given\n');
  });

  test('a directory that is named must be a workspace itself', async () => {
    const ws = await workspace();
    mkdirSync(join(ws.dir, 'sub'));
    for (const how of [
      () => ws.crm('-C sub deal list'),
      () => ws.crm('deal list', { env: { CRM_DIR: join(ws.dir, 'sub') } }),
    ]) {
      const { code, err } = await how();
      expect(code).toBe(3);
      expect(err).toContain('is not a workspace: it has no crm.yaml');
    }
    expect(await ws.crm('-C nowhere deal list')).toMatchObject({
      code: 3,
      err: `Error: there is no directory ${join(ws.dir, 'nowhere')}\nHint: crm init nowhere\n`,
    });
    expect(await ws.crm('-C crm.yaml deal list')).toMatchObject({
      code: 3,
      err: `Error: ${join(ws.dir, 'crm.yaml')} is a file, and not the directory of a workspace\nHint: -C .\n`,
    });
  });

  test('not past the home directory', async () => {
    const ws = await workspace();
    const home = join(ws.dir, 'home');
    const project = join(home, 'project');
    mkdirSync(project, { recursive: true });
    expect(await ws.crm('deal list', { cwd: project })).toMatchObject({ code: 0 });
    for (const cwd of [project, home])
      expect(await ws.crm('deal list', { cwd, env: { HOME: home } })).toMatchObject({ code: 3 });
    // A workspace in the home directory itself is found.
    expect(await ws.crm('deal list', { cwd: home, env: { HOME: ws.dir } })).toMatchObject({ code: 0 });
    // A home directory elsewhere does not matter.
    expect(await ws.crm('deal list', { cwd: project, env: { HOME: dirname(ws.dir) } })).toMatchObject({
      code: 0,
    });
  });

  test('none at all: what to do', async () => {
    const ws = new TestWorkspace(emptyDirectory());
    const { code, err, out } = await ws.crm('deal list', { env: { HOME: ws.dir } });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(`no workspace here: neither ${ws.dir} nor a directory above it has a crm.yaml`);
    expect(err).toContain('Hint: crm init, or name one with -C DIR or CRM_DIR');
  });
});

test('a workspace whose crm.yaml is gone is known by its journal, and undo brings the file back', async () => {
  const ws = await workspace('sales');
  const file = join(ws.dir, 'crm.yaml');
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  for (const [args, cwd] of [
    ['deal list', join(ws.dir, 'data')],
    [`-C ${ws.dir} doctor`, '/'],
  ] as const) {
    const { code, err } = await ws.crm(args, { cwd });
    expect([code, err], args).toEqual([
      3,
      expect.stringContaining('has the journal of a workspace, and no crm.yaml'),
    ]);
  }
  writeFileSync(file, '');
  expect((await ws.crm('undo')).err).toContain(
    'Hint: crm undo 2 takes back what was written by hand in crm.yaml',
  );
  await ws.ok('undo 2');
  expect(readFileSync(file, 'utf8')).toBe(text);
  await ws.ok('deal list');
});
