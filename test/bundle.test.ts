/** What only the built program can get wrong: how its libraries are joined. `npm test` builds it first. */
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
