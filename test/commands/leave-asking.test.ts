/** The built program on a real terminal, which somebody leaves in the midst of a question. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { workspace } from '../harness.ts';
import { lacksTmux, Terminal } from '../tmux.ts';

const binary = fileURLToPath(new URL('../../bin/crm.js', import.meta.url));

test.skipIf(lacksTmux)('Esc and Ctrl-C leave a question without a change', { timeout: 120_000 }, async () => {
  const ws = await workspace('sales');
  await ws.ok(['deal', 'add', '40 chairs', '--value', '5200']);
  const before = await ws.ok('history -q');
  const shell = new Terminal(join(ws.dir, '..'), ws.dir, {
    ...process.env,
    HOME: ws.dir,
    XDG_CACHE_HOME: ws.cacheHome,
    CRM_USER: '',
    CI: '',
  });
  const leave = async (line: string, asked: string | RegExp, key: string) => {
    shell.type(`clear; node ${binary} ${line}; echo "left with" $?`);
    await shell.shows(asked);
    shell.press(key);
    await shell.shows('left with 130');
    await shell.isReady();
  };
  for (const key of ['Escape', 'C-c']) {
    await leave('deal move D1', /stage\?/, key);
    await leave('deal add', /title\?/i, key);
  }
  expect(await ws.ok('history -q')).toBe(before);
});
