/** What only the built program can get wrong: how its libraries are joined. `npm test` builds it first. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { emptyDirectory } from './harness.ts';

const binary = fileURLToPath(new URL('../bin/crm.js', import.meta.url));

test('tables of the built program measure characters that are neither Latin nor emoji', async () => {
  const dir = join(emptyDirectory(), 'ws');
  const crm = (...args: string[]) =>
    execa('node', [binary, ...args], { cwd: tmpdir(), env: { CRM_DIR: dir, CRM_NO_INPUT: '1' } });
  await crm('init', dir, '--template', 'sales');
  await crm('deal', 'add', 'कुर्सियाँ');
  const { stdout } = await crm('deal', 'list', '--format', 'table', '--fields', 'title,stage');
  expect(stdout).toContain('कुर्सियाँ');
});

test('what V8 compiled is kept with the user, for each command that worked, and damage to it is noticed', async () => {
  const home = emptyDirectory();
  const crm = (...args: string[]) =>
    execa('node', [binary, ...args], { env: { XDG_CACHE_HOME: home }, reject: false });
  const kept = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name));
  const { stdout } = await crm('help');
  await crm('hlep');
  expect(kept().map(path => path.split('/').at(-1))).toEqual(['help']);
  const [path] = kept() as [string];
  const whole = readFileSync(path);
  const damages = [
    () => {},
    () => truncateSync(path, whole.length / 2),
    () => writeFileSync(path, ''),
    () => writeFileSync(path, whole.fill(0, 5000, 6000)),
  ];
  for (const damage of damages) {
    damage();
    expect(await crm('help')).toMatchObject({ stdout, stderr: '', exitCode: 0 });
  }
});
