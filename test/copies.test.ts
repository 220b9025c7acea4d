import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contentsOf } from './copies.ts';
import { TestWorkspace, workspace } from './harness.ts';

const parent = mkdtempSync(join(tmpdir(), 'crm-test-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** What a workspace has in it, with the modes of its files and directories. */
function allOf({ dir, cacheHome }: TestWorkspace) {
  const { directories, files, settings } = contentsOf(dir, cacheHome);
  const mode = (path: string) => statSync(join(dir, path)).mode;
  return {
    directories: new Map(directories.toSorted().map(path => [path, mode(path)])),
    files: new Map([...files].map(([path, bytes]) => [path, [mode(path), bytes.toString()]])),
    settings: settings?.toString(),
  };
}

test.each([[['sales']], [['automated-sales']], [['empty']], [['sales', '--currency', 'USD']]] as const)(
  'a workspace of a test is byte for byte what crm init makes: %j',
  async ([template, ...options]) => {
    const made = new TestWorkspace(join(mkdtempSync(join(parent, 'made-')), 'ws'));
    await made.ok(['init', made.dir, '--template', template, ...options]);
    await workspace(template, ...options);
    const copied = await workspace(template, ...options);
    expect(allOf(copied)).toEqual(allOf(made));
    expect(allOf(copied).settings).toContain('Europe/Amsterdam');
    expect(readFileSync(copied.cache('config.json'))).toEqual(readFileSync(made.cache('config.json')));
    // Both go on in the same way: the ids of what comes next, and what is told to the user.
    const next = [made, copied].map(each => each.crm(['account', 'add', 'Acme', '--json']));
    const [asMade, asCopied] = await Promise.all(next);
    expect(asCopied).toEqual({ ...asMade, json: expect.any(Function) });
    expect(allOf(copied)).toEqual(allOf(made));
  },
);
