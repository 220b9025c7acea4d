import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyDirectory, TestWorkspace, workspace } from '../harness.ts';

describe('which workspace', () => {
  test('-C, otherwise CRM_DIR, otherwise the nearest directory upwards', async () => {
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
      expect(await ws.crm('deal list', { cwd, env: { HOME: home } })).toMatchObject({
        code: 3,
        err: expect.stringContaining('no workspace here'),
      });
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

describe('a workspace of another user', () => {
  /** The uid of somebody whom the files of a test do not belong to. */
  const STRANGER = 54_321;
  const stranger = (state: string, more: { cwd?: string } = {}) => ({
    uid: STRANGER,
    env: { XDG_STATE_HOME: state, HOME: '/nowhere' },
    ...more,
  });

  test.each(['deal list', 'deal add X', 'run', 'doctor', 'config', 'export all ../copy'])(
    'that is only met on the way upwards is not used: %s',
    async line => {
      const ws = await workspace();
      const { code, out, err } = await ws.crm(line, stranger(emptyDirectory()));
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`${ws.dir} belongs to another user`);
      expect(err).toContain(
        `Hint: crm -C ${ws.dir} COMMAND uses it once; crm -C ${ws.dir} trust --directory`,
      );
    },
  );

  test('is used if it is named, with one warning that it is not ours', async () => {
    const ws = await workspace();
    await ws.ok('deal add Chairs');
    const state = emptyDirectory();
    const named = () => ws.crm(['-C', ws.dir, 'deal', 'list', '-q'], stranger(state, { cwd: '/' }));
    const told = `Warning: ${ws.dir} belongs to another user; this is said once\n`;
    // The state directory of this test is not the stranger's, so that nothing is believed that it says.
    expect(await named()).toMatchObject({ code: 0, out: 'D1\n', err: told });
    expect(await named()).toMatchObject({ code: 0, out: 'D1\n', err: told });
    const env = { CRM_DIR: ws.dir, XDG_STATE_HOME: state };
    expect(await ws.crm('deal list -q', { uid: STRANGER, env, cwd: '/' })).toMatchObject({
      code: 0,
      out: 'D1\n',
    });
  });

  test('warns once, and is found after it is trusted, until that is revoked', async () => {
    if (process.getuid?.() !== 0) return;
    const ws = await workspace();
    const state = emptyDirectory();
    chownSync(state, STRANGER, STRANGER);
    chownSync(ws.dir, STRANGER, STRANGER);
    const own = { uid: STRANGER, env: { XDG_STATE_HOME: join(state, 'state') } };
    const asOwner = (line: string) => ws.crm(line, own);
    // Files that this process makes belong to root: the directory of the state is handed over as it would be made.
    mkdirSync(join(state, 'state', 'crm'), { recursive: true, mode: 0o700 });
    chownSync(join(state, 'state', 'crm'), STRANGER, STRANGER);
    expect((await asOwner('deal list')).err).toContain(`${join(ws.dir, 'crm.yaml')} belongs to another user`);
    expect((await asOwner(`-C ${ws.dir} deal list`)).err).toContain('this is said once');
    expect(await asOwner(`-C ${ws.dir} deal list`)).toMatchObject({ code: 0, err: '' });
    expect(await asOwner(`-C ${ws.dir} trust --directory --dry-run`)).toMatchObject({ code: 0 });
    expect(await asOwner('deal list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('crm.yaml belongs to another user'),
    });
    expect(await asOwner('trust --directory')).toMatchObject({
      code: 0,
      err: `${ws.dir} is now trusted on this machine\n`,
    });
    expect(await asOwner('deal list')).toMatchObject({ code: 0, err: '' });
    const file = join(state, 'state', 'crm', 'trust.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      directories: { [ws.dir]: { trusted: true, told: true } },
    });
    expect((await asOwner('trust --directory --json')).json()).toEqual({ directory: ws.dir, trusted: true });
    expect(await asOwner('trust --directory --revoke')).toMatchObject({ code: 0 });
    expect(await asOwner('deal list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('crm.yaml belongs to another user'),
    });
  });

  test.each(['{', '[]', 'null'])('is not trusted by a state that says %s', async text => {
    const ws = await workspace();
    const state = emptyDirectory();
    mkdirSync(join(state, 'crm'), { mode: 0o700 });
    writeFileSync(join(state, 'crm', 'trust.json'), text);
    const { code } = await ws.crm('deal list', stranger(state));
    expect(code).toBe(1);
    expect(await ws.crm('trust --directory', { env: { XDG_STATE_HOME: state } })).toMatchObject({
      code: 5,
      err: expect.stringContaining('trust.json: is not a JSON object'),
    });
  });

  test('a state directory that others can write is not believed', async () => {
    const ws = await workspace();
    const state = emptyDirectory();
    mkdirSync(join(state, 'crm'));
    chmodSync(join(state, 'crm'), 0o777);
    expect(await ws.crm('trust --directory', { env: { XDG_STATE_HOME: state } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not a directory that only you can write'),
    });
  });

  test('under sudo, the workspace of the user who called it is their own', async () => {
    if (process.getuid?.() !== 0) return;
    const ws = await workspace();
    for (const path of [ws.dir, join(ws.dir, 'crm.yaml')]) chownSync(path, STRANGER, STRANGER);
    const env = { HOME: '/nowhere' };
    expect(await ws.crm('deal list', { uid: 0, env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('belongs to another user'),
    });
    expect(await ws.crm('deal list', { uid: 0, env: { ...env, SUDO_UID: String(STRANGER) } })).toMatchObject({
      code: 0,
    });
  });
});
