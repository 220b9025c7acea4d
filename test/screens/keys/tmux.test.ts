/** The built program on a real terminal: tmux says what is on the screen and in which state the terminal is. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type TestWorkspace, workspace } from '../../harness.ts';
import { lacksTmux, Terminal } from '../../tmux.ts';

const binary = fileURLToPath(new URL('../../../bin/crm.js', import.meta.url));

/** A shell in the workspace's directory, with the environment of these tests. */
const shellIn = (ws: TestWorkspace) =>
  new Terminal(join(ws.dir, '..'), ws.dir, {
    ...process.env,
    HOME: ws.dir,
    XDG_CACHE_HOME: ws.cacheHome,
    CRM_USER: '',
    CRM_NO_DELIVER: '1',
    CI: '',
  });

/** The modes of the terminal. */
async function modes(shell: Terminal, ws: TestWorkspace, name: string): Promise<string> {
  const path = join(ws.dir, '..', name);
  shell.type(`stty -a > ${path}.new; mv ${path}.new ${path}`);
  await expect.poll(() => existsSync(path), { interval: 50, timeout: 30_000 }).toBe(true);
  return readFileSync(path, 'utf8');
}

const LEFT = 'alternate 0, cursor 1, wrap 1, mouse 0';
const TAKEN = 'alternate 1, cursor 0, wrap 0, mouse 0';

test.skipIf(lacksTmux)(
  'the built program moves a card, takes it back, and leaves the terminal as it was',
  { timeout: 120_000 },
  async () => {
    const ws = await workspace('sales');
    await ws.ok(['deal', 'add', '40 chairs', '--value', '5200']);
    const shell = shellIn(ws);
    const pid = join(ws.dir, '..', 'pid');
    const start = (more = '') =>
      shell.type(
        `clear; ${more} sh -c 'echo $$ > ${pid}; exec node ${binary} board -i'; echo "left with" $?`,
      );
    const before = await modes(shell, ws, 'before');

    start();
    await shell.shows('>D1 40 chairs');
    expect(shell.state).toBe(TAKEN);
    shell.press('L');
    await shell.shows('moved D1');
    expect(await ws.json<{ stage: string }>('deal show D1')).toMatchObject({ stage: 'in-contact' });
    shell.press('u');
    await shell.shows('undid');
    expect(await ws.json<{ stage: string }>('deal show D1')).toMatchObject({ stage: 'to-contact' });

    // Ctrl-Z goes back to the shell, and fg to the board.
    shell.press('C-z');
    await shell.shows('Stopped');
    expect(shell.state).toBe(LEFT);
    shell.type('fg');
    await shell.shows('>D1 40 chairs');
    expect(shell.state).toBe(TAKEN);
    shell.press('q');
    await expect.poll(() => shell.state).toBe(LEFT);
    shell.type('echo "then $?"');
    await shell.shows('then 0');

    start();
    await shell.shows('>D1 40 chairs');
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
    await shell.shows('left with 143');
    expect(shell.state).toBe(LEFT);

    // Something fails where nobody waits for it.
    start(
      `NODE_OPTIONS='--import "data:text/javascript,process.once(\\"SIGUSR2\\",()=>{throw new Error(\\"oops\\")})"'`,
    );
    await shell.shows('>D1 40 chairs');
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGUSR2');
    await shell.shows(/a bug in crm .*oops[\s\S]*left with 70/);
    expect(shell.state).toBe(LEFT);
    expect(await modes(shell, ws, 'after')).toBe(before);
  },
);
