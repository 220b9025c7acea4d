/** What a killed command had still to write, and who finishes it (store.md: additions before the commit, removals after). */
import { recordKinds } from '../../../src/kinds/index.ts';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit } from '../../../src/app/core/commit.ts';
import { writeSettings } from '../../../src/app/settings/settings.ts';
import { Workspace, type World } from '../../../src/app/core/workspace.ts';
import { nodeIo } from '../../../src/store/disk/io.ts';
import { NOW, type TestWorkspace, workspace } from '../../harness.ts';
import { hookedIo } from '../hooked-io.ts';

const PATH = 'pipelines/sales.yaml';
const textOf = (ws: TestWorkspace, path = PATH) => readFileSync(join(ws.dir, path), 'utf8');
const write = (ws: TestWorkspace, path: string, text: string) => writeFileSync(join(ws.dir, path), text);
const pending = (ws: TestWorkspace) => join(ws.dir, '.crm/pending');
const stages = async (ws: TestWorkspace) =>
  (await ws.json<{ id: string }[]>('stage list')).map(stage => stage.id);

/** As if the command that added a stage had been killed after its commit, the file not written yet. */
async function killedAfterCommit(): Promise<{ ws: TestWorkspace; had: string; gets: string }> {
  const ws = await workspace();
  const had = textOf(ws);
  await ws.ok(['stage', 'add', 'Qualified']);
  const gets = textOf(ws);
  write(ws, PATH, had);
  write(ws, '.crm/pending', JSON.stringify({ tx: 2, files: [{ path: PATH, had, gets }] }));
  return { ws, had, gets };
}

const filesChangedBy = async (ws: TestWorkspace) =>
  (await ws.json<{ via: string }[]>(['history', PATH])).map(entry => entry.via);

describe('a command killed after its commit, before the file was written', () => {
  test('is finished by the next one that writes', async () => {
    const { ws, gets } = await killedAfterCommit();
    await ws.ok(['deal', 'add', 'Chairs', '--stage', 'qualified']);
    expect(textOf(ws)).toBe(gets);
    expect(existsSync(pending(ws))).toBe(false);
    expect(await filesChangedBy(ws)).toEqual(['stage add', 'init']);
  });

  test('is left by one that only reads, or only says what it would do', async () => {
    const { ws, had } = await killedAfterCommit();
    await ws.ok('deal list');
    await ws.ok(['deal', 'add', 'Chairs', '--dry-run']);
    expect(textOf(ws)).toBe(had);
    expect(existsSync(pending(ws))).toBe(true);
  });

  test('leaves a file that somebody changed since, which is then taken in as theirs', async () => {
    const { ws, had } = await killedAfterCommit();
    const mine = had.replace('Follow up', 'Follow them up');
    write(ws, PATH, mine);
    await ws.ok(['deal', 'add', 'Chairs']);
    expect(textOf(ws)).toBe(mine);
    expect(existsSync(pending(ws))).toBe(false);
    expect(await filesChangedBy(ws)).toEqual(['files', 'stage add', 'init']);
  });

  test('and once it is finished, a change back by hand stays', async () => {
    const { ws, had } = await killedAfterCommit();
    await ws.ok(['deal', 'add', 'Chairs']);
    write(ws, PATH, had);
    await ws.ok(['deal', 'add', 'Tables']);
    expect(textOf(ws)).toBe(had);
    expect(await stages(ws)).not.toContain('qualified');
  });
});

describe('a note that does not count', () => {
  test('of a commit that did not happen: nothing is written', async () => {
    const ws = await workspace();
    const had = textOf(ws);
    const gets = had.replace('Follow up', 'Following up');
    mkdirSync(join(ws.dir, '.crm'), { recursive: true });
    write(ws, '.crm/pending', JSON.stringify({ tx: 2, files: [{ path: PATH, had, gets }] }));
    await ws.ok(['deal', 'add', 'Chairs']);
    expect(textOf(ws)).toBe(had);
    expect(existsSync(pending(ws))).toBe(false);
  });

  test.each(['', '{"files":', '{}'])('that says nothing: %j', async text => {
    const ws = await workspace();
    write(ws, '.crm/pending', text);
    await ws.ok(['deal', 'add', 'Chairs']);
    expect(existsSync(pending(ws))).toBe(false);
  });
});

/** The world of a command, with some system calls replaced. */
function worldOf(ws: TestWorkspace, io = nodeIo): World & { warnings: string[] } {
  const warnings: string[] = [];
  let count = 0;
  return {
    io,
    kinds: recordKinds,
    cwd: ws.dir,
    env: {},
    uid: process.getuid?.(),
    pid: process.pid,
    host: 'test',
    version: 'test',
    runtime: process.version,
    lockTimeout: 1000,
    random: () => 0.5,
    salt: () => `pending-salt-${++count}`,
    warn: message => warnings.push(message),
    now: () => Date.parse(NOW),
    isTimeGiven: true,
    user: { name: 'tester' },
    request: { id: `pending-${Math.floor(performance.now() * 1000)}`, given: false },
    dryRun: false,
    warnings,
  };
}

describe('the order of a commit and its files', () => {
  const rename = (when: 'before' | 'after') => async (workspace: Workspace, to: string) =>
    commit(workspace, { via: 'test' }, async draft => {
      const text = String(draft.state.named('file').get(PATH)?.text).replace('Follow up', to);
      await writeSettings(draft, workspace.viewer, PATH, text, when);
    });

  test.each(['before', 'after'] as const)(
    'a file to be written %s it stays as it was where the commit fails',
    async when => {
      const ws = await workspace();
      const had = textOf(ws);
      const full = hookedIo({
        linkSync(from, to) {
          if (!String(to).endsWith('.jsonl')) return nodeIo.linkSync(from, to);
          throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        },
      });
      const opened = await Workspace.open(worldOf(ws, full), ws.dir);
      await expect(rename(when)(opened, 'Later')).rejects.toThrow(
        `${ws.dir} cannot be written: the disk is full; nothing of this command was saved`,
      );
      expect(textOf(ws)).toBe(had);
      expect(existsSync(pending(ws))).toBe(false);
    },
  );

  test('a file that cannot be written after the commit is a warning, and the next command writes it', async () => {
    const ws = await workspace();
    const had = textOf(ws);
    const refusing = hookedIo({
      renameSync(from, to) {
        if (!String(to).endsWith(PATH)) return nodeIo.renameSync(from, to);
        throw Object.assign(new Error('not now'), { code: 'EACCES' });
      },
    });
    const world = worldOf(ws, refusing);
    const { tx } = await rename('after')(await Workspace.open(world, ws.dir), 'Later');
    expect(tx).toBe(2);
    expect(world.warnings).toEqual([
      `saved, but ${PATH} could not be written; the next change does it: not now`,
    ]);
    expect(textOf(ws)).toBe(had);
    await ws.ok(['deal', 'add', 'Chairs']);
    expect(textOf(ws)).toBe(had.replace('Follow up', 'Later'));
  });

  test.each([
    ['a stage that goes', 'after', (text: string) => text.replace(/ {2}- \{ id: follow-up.*\n/, '')],
    ['a stage that comes', 'before', (text: string) => `${text}  - { id: late, name: Late }\n`],
  ] as const)('%s is written %s the commit', async (_, when, edit) => {
    const ws = await workspace();
    const opened = await Workspace.open(worldOf(ws), ws.dir);
    await commit(opened, { via: 'test' }, async draft => {
      await writeSettings(draft, opened.viewer, PATH, edit(textOf(ws)));
      expect(draft.files).toMatchObject([{ path: PATH, when }]);
    });
  });

  test('a file changed while the command decided: it decides again, with the present file', async () => {
    const ws = await workspace();
    const opened = await Workspace.open(worldOf(ws), ws.dir);
    const seen: string[] = [];
    await commit(
      opened,
      { via: 'test', confirm: async () => write(ws, PATH, textOf(ws).replace('Follow up', 'Later')) },
      draft => {
        seen.push(draft.config.pipelines[0]!.stages.at(-1)!.name);
        draft.add('account', { name: 'Acme' });
      },
    );
    expect(seen).toEqual(['Follow up', 'Later']);
    expect((await ws.json<{ via: string }[]>('history')).map(entry => entry.via)).toEqual([
      'test',
      'files',
      'init',
    ]);
  });

  test('a removed file is noted too', async () => {
    const ws = await workspace();
    await ws.ok(['pipeline', 'add', 'Other']);
    const path = 'pipelines/other.yaml';
    const refusing = hookedIo({
      unlinkSync(file) {
        if (String(file).endsWith(path)) throw Object.assign(new Error('not now'), { code: 'EACCES' });
        nodeIo.unlinkSync(file);
      },
    });
    const opened = await Workspace.open(worldOf(ws, refusing), ws.dir);
    await commit(opened, { via: 'test' }, draft => writeSettings(draft, opened.viewer, path, null));
    expect(existsSync(join(ws.dir, path))).toBe(true);
    await ws.ok(['deal', 'add', 'Chairs', '--pipeline', 'sales']);
    expect(existsSync(join(ws.dir, path))).toBe(false);
  });
});
