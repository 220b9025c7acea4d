/** The settings that a command writes are kept as checked, so that the next command need not check them again. */
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { workspace } from '../../harness.ts';

test.each([
  ['crm.yaml', ['user', 'add', 'eva', '--email', 'eva@x.com']],
  ['a file of a pipeline', ['stage', 'add', 'offer', '--pipeline', 'sales']],
])('after a change of %s the next command finds the settings checked', async (_, line) => {
  const ws = await workspace();
  await ws.ok(line);
  const kept = () => statSync(ws.cache('config.json'), { bigint: true });
  const { ino, mtimeNs } = kept();
  await ws.ok('status');
  expect(kept()).toMatchObject({ ino, mtimeNs });
  expect(JSON.stringify(await ws.json('config'))).toContain(line[2]);
});
