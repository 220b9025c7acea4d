/** Somebody who sits at `crm board -i`: a keyboard, a terminal that shows what is drawn, and the signals of a system. */
import { PassThrough } from 'node:stream';
import { expect, onTestFinished } from 'vitest';
import type { Signal } from '../../../src/ui/full-screen/full-screen.ts';
import type { Ran, RunOptions, TestWorkspace } from '../../harness.ts';
import { ShownTerminal } from '../../ui/full-screen/screen-of.ts';

export class Seat {
  readonly terminal: ShownTerminal;
  /** What the command came to. */
  readonly ended: Promise<Ran>;
  /** All that was written to the terminal. */
  written = '';
  isRaw = false;
  suspensions = 0;
  readonly #keyboard = new PassThrough();
  #listener: ((signal: Signal) => void) | undefined;

  constructor(
    ws: TestWorkspace,
    [columns, rows]: readonly [number, number],
    args: readonly string[] = [],
    options: RunOptions = {},
  ) {
    this.terminal = new ShownTerminal(columns, rows);
    const { terminal } = this;
    const stdin = Object.assign(this.#keyboard, {
      isTTY: true,
      setRawMode: (isRaw: boolean) => {
        this.isRaw = isRaw;
      },
    });
    const stdout = {
      isTTY: true,
      get columns() {
        return terminal.size.columns;
      },
      get rows() {
        return terminal.size.rows;
      },
      write: (text: string) => {
        this.written += text;
        return terminal.write(text);
      },
    };
    const signals = {
      listen: (listener: (signal: Signal) => void) => {
        this.#listener = listener;
        return () => {
          this.#listener = undefined;
        };
      },
      suspend: async () => {
        this.suspensions++;
      },
    };
    this.ended = ws.crm(['board', '-i', ...args], { ...options, screen: { stdin, stdout, signals } });
    // A test that fails leaves nobody waiting for keys.
    onTestFinished(() => this.signal({ type: 'ended', code: 143 }));
  }

  /** Types keys, as a terminal sends them. */
  type(keys: string): void {
    this.#keyboard.write(keys);
  }

  /** Types keys, and waits until the terminal shows a text. */
  async press(keys: string, shows: string | RegExp): Promise<void> {
    this.type(keys);
    await this.shows(shows);
  }

  async shows(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.terminal.text, { interval: 10, timeout: 20_000 }).toMatch(text);
  }

  /** The selected card: the line of its mark. */
  get selected(): string | undefined {
    return />(D\d+)/.exec(this.terminal.text)?.[1];
  }

  signal(signal: Signal): void {
    this.#listener?.(signal);
  }

  /** The connection of the terminal is closed. */
  hangUp(): void {
    this.#keyboard.end();
  }
}

/** What a terminal must have got back when it is left. */
export const restored = ['\u001b[?2004l', '\u001b[?7h', '\u001b[?25h', '\u001b[?1049l'];
