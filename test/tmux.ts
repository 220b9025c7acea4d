/** A shell on a real terminal: tmux says what is on the screen, and in which state the terminal is. */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

/** Without tmux a laptop skips what needs it; CI fails. */
export const lacksTmux = spawnSync('tmux', ['-V']).status !== 0 && !process.env.CI;

/** The prompt of the shell. */
const PROMPT = 'ready$ ';

export class Terminal {
  readonly #socket: string;
  /** All that the terminal was sent. */
  readonly #log: string;
  /** What tmux said last, by what it was asked, and how much the terminal had been sent then. */
  readonly #said = new Map<string, { readonly text: string; readonly bytes: number }>();

  /**
   * Opens a terminal of 100 cells with bash in `cwd`.
   *
   * @param home where the socket of tmux is kept
   * @param env all that the shell has in its environment, beside its prompt; without CI, which crm takes for nobody being
   *   there
   */
  constructor(home: string, cwd: string, env: Readonly<Record<string, string | undefined>>, rows = 30) {
    this.#socket = join(home, 'tmux');
    this.#log = join(home, 'tmux.log');
    const size = ['-x', '100', '-y', String(rows)];
    // As words: a shell between would take the prompt away.
    const shell = ['bash', '--norc', '--noprofile'];
    execFileSync(
      'tmux',
      ['-u', '-S', this.#socket, '-f', '/dev/null', 'new-session', '-d', ...size, ...shell],
      // The shell would write its history while the directory goes.
      { env: { ...env, HISTFILE: '/dev/null', PS1: PROMPT }, cwd },
    );
    onTestFinished(() => void spawnSync('tmux', ['-S', this.#socket, 'kill-server']));
    this.#tmux('pipe-pane', `cat > '${this.#log}'`);
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' });
  }

  /** What the terminal shows: tmux is started again only when the terminal has been sent more since. */
  #capture(...options: readonly string[]): string {
    const bytes = statSync(this.#log, { throwIfNoEntry: false })?.size ?? -1;
    const asked = options.join(' ');
    const said = this.#said.get(asked);
    if (said?.bytes === bytes) return said.text;
    const text = this.#tmux('capture-pane', '-p', ...options);
    this.#said.set(asked, { text, bytes });
    return text;
  }

  /** Types a line, and Enter. */
  type(text: string): void {
    if (text !== '') this.#tmux('send-keys', '-l', text);
    this.press('Enter');
  }

  /** Presses keys by the names that tmux has for them: `C-c`, `Escape`, `L`. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** All that the terminal has shown; words that it wrapped are one line, with one space for several. */
  get shown(): string {
    return this.#capture('-J', '-S', '-').trimEnd();
  }

  /** What is on the screen. */
  get screen(): string {
    return this.#capture();
  }

  /** Waits until a text is on the screen. */
  async shows(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.screen, { interval: 50, timeout: 60_000 }).toMatch(text);
  }

  /** Waits until the shell asks for the next command. */
  async isReady(): Promise<void> {
    await expect
      .poll(() => this.shown, { interval: 50, timeout: 60_000 })
      .toMatch(new RegExp(`${PROMPT.trim().replace('$', '\\$')}$`));
  }

  /** Whether the alternate screen is shown, and the cursor. */
  get state(): string {
    const state =
      'alternate #{alternate_on}, cursor #{cursor_flag}, wrap #{wrap_flag}, mouse #{mouse_standard_flag}';
    return this.#tmux('display-message', '-p', state).trim();
  }
}
