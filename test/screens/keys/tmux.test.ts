/** The built program on a real terminal: tmux says what is on the screen and in which state the terminal is. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type TestWorkspace, workspace } from '../../harness.ts';

const binary = fileURLToPath(new URL('../../../bin/crm.js', import.meta.url));
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A shell in a terminal of tmux. */
class Shell {
  readonly #socket: string;
  readonly dir: string;

  constructor(ws: TestWorkspace) {
    this.dir = ws.dir;
    this.#socket = join(ws.dir, '..', 'tmux');
    const env = {
      ...process.env,
      HOME: ws.dir,
      XDG_CACHE_HOME: ws.cacheHome,
      CRM_USER: '',
      CRM_NO_DELIVER: '1',
      CI: '',
      PS1: 'ready$ ',
    };
    execFileSync(
      'tmux',
      [
        '-S',
        this.#socket,
        '-f',
        '/dev/null',
        'new-session',
        '-d',
        '-x',
        '100',
        '-y',
        '30',
        'bash --norc --noprofile',
      ],
      {
        env,
        cwd: ws.dir,
      },
    );
    onTestFinished(() => void spawnSync('tmux', ['-S', this.#socket, 'kill-server']));
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' });
  }

  type(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  async shows(text: string | RegExp): Promise<void> {
    await expect
      .poll(() => this.#tmux('capture-pane', '-p'), { interval: 50, timeout: 30_000 })
      .toMatch(text);
  }

  /** Whether the alternate screen is shown, and the cursor. */
  get state(): string {
    return this.#tmux(
      'display-message',
      '-p',
      'alternate #{alternate_on}, cursor #{cursor_flag}, wrap #{wrap_flag}, mouse #{mouse_standard_flag}',
    ).trim();
  }

  /** The modes of the terminal. */
  async modes(name: string): Promise<string> {
    const path = join(this.dir, '..', name);
    this.type(`stty -a > ${path}.new; mv ${path}.new ${path}`, 'Enter');
    await expect.poll(() => existsSync(path), { interval: 50, timeout: 30_000 }).toBe(true);
    return readFileSync(path, 'utf8');
  }
}

const LEFT = 'alternate 0, cursor 1, wrap 1, mouse 0';
const TAKEN = 'alternate 1, cursor 0, wrap 0, mouse 0';

test.skipIf(!hasTmux && process.env.CI === undefined)(
  'the built program moves a card, takes it back, and leaves the terminal as it was',
  { timeout: 120_000 },
  async () => {
    const ws = await workspace('sales');
    await ws.ok(['deal', 'add', '40 chairs', '--value', '5200']);
    const shell = new Shell(ws);
    const pid = join(ws.dir, '..', 'pid');
    const start = (more = '') =>
      shell.type(
        `clear; ${more} sh -c 'echo $$ > ${pid}; exec node ${binary} board -i'; echo "left with" $?`,
        'Enter',
      );
    const before = await shell.modes('before');

    start();
    await shell.shows('>D1 40 chairs');
    expect(shell.state).toBe(TAKEN);
    shell.type('L');
    await shell.shows('moved D1');
    expect(await ws.json<{ stage: string }>('deal show D1')).toMatchObject({ stage: 'in-contact' });
    shell.type('u');
    await shell.shows('undid');
    expect(await ws.json<{ stage: string }>('deal show D1')).toMatchObject({ stage: 'to-contact' });

    // Ctrl-Z goes back to the shell, and fg to the board.
    shell.type('C-z');
    await shell.shows('Stopped');
    expect(shell.state).toBe(LEFT);
    shell.type('fg', 'Enter');
    await shell.shows('>D1 40 chairs');
    expect(shell.state).toBe(TAKEN);
    shell.type('q');
    await expect.poll(() => shell.state).toBe(LEFT);
    shell.type('echo "then $?"', 'Enter');
    await shell.shows('then 0');

    start();
    await shell.shows('>D1 40 chairs');
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGTERM');
    await shell.shows('left with 143');
    expect(shell.state).toBe(LEFT);

    // Something fails where nobody waits for it.
    start(
      `NODE_OPTIONS='--import "data:text/javascript,setTimeout(()=>{throw new Error(\\"oops\\")},4000)"'`,
    );
    await shell.shows('>D1 40 chairs');
    await shell.shows(/a bug in crm .*oops[\s\S]*left with 70/);
    expect(shell.state).toBe(LEFT);
    expect(await shell.modes('after')).toBe(before);
  },
);
