/**
 * A program that has the whole terminal: the alternate screen, keys one by one, a cursor only for typing. It restores
 * the terminal however the program ends (by itself, by an error or by a signal) and whenever it is stopped (Ctrl-Z),
 * because a shell goes on in the terminal.
 */
import { ESCAPE_WAITS } from '../escape-waits.ts';
import type { Screens } from '../screen.ts';
import type { Grid } from './cells.ts';
import { difference } from './difference.ts';
import { type Key, KeyDecoder } from './decode-keys.ts';

/** What the system tells a program that has the whole terminal. */
export type Signal =
  | { readonly type: 'resized' | 'suspended' | 'continued' }
  /** The process must end, with this exit code, without waiting for work under way. */
  | { readonly type: 'ended'; readonly code: number }
  /** Something failed that nobody waits for. */
  | { readonly type: 'crashed'; readonly error: unknown };

export interface Signals {
  /** Calls the listener at each signal; returns the function that stops listening. */
  listen(listener: (signal: Signal) => void): () => void;
  /** Stops this process and its group, as Ctrl-Z does; returns once it goes on. */
  suspend(): Promise<void>;
}

/** What happens while a program has the terminal. */
export type Happening =
  | { readonly type: 'keys'; readonly keys: readonly Key[] }
  | { readonly type: 'drawn-anew' }
  /** Something outside may have changed: the caller posted it. */
  | { readonly type: 'changed' }
  | { readonly type: 'ended'; readonly code: number }
  | { readonly type: 'crashed'; readonly error: unknown };

/** The exit code of a program whose terminal was closed: that of SIGHUP. */
const HANGUP = 129;
/** How long a paste waits for its next piece, ms: text after it would be taken for keys. */
const PASTE_WAITS = 3000;

// The alternate screen; no wrapping at the last column; pastes marked as such; the cursor keys as CSI.
const ENTER = '\u001b[?1049h\u001b[?7l\u001b[?2004h\u001b[?1l\u001b[?25l\u001b[m\u001b[2J';
const LEAVE =
  '\u001b[?2026l\u001b[?1006l\u001b[?1000l\u001b[?2004l\u001b[?7h\u001b[m\u001b[?25h\u001b[?1049l';
const MOUSE_ON = '\u001b[?1000h\u001b[?1006h';
const MOUSE_OFF = '\u001b[?1006l\u001b[?1000l';

export class FullScreen {
  readonly #streams: Pick<Screens, 'stdin' | 'stdout'>;
  readonly #signals: Signals;
  readonly #decoder = new KeyDecoder();
  readonly #happenings: Happening[] = [];
  #wake: (() => void) | undefined;
  #shown: Grid | undefined;
  #isMine = false;
  #mouse = false;
  #escape: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;
  /** Called at Ctrl-C while nobody waits for keys, because something takes long. */
  interrupted: (() => void) | undefined;

  constructor(streams: Pick<Screens, 'stdin' | 'stdout'>, signals: Signals) {
    this.#streams = streams;
    this.#signals = signals;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = this.#streams.stdout;
    return { columns, rows: Number.isFinite(rows) ? rows : 24 };
  }

  /** Takes the terminal. */
  enter(): void {
    if (this.#isMine) return;
    const { stdin } = this.#streams;
    this.#isMine = true;
    this.#shown = undefined;
    this.#forget = this.#signals.listen(signal => this.#told(signal));
    stdin.setRawMode?.(true);
    stdin.on('data', this.#read);
    stdin.on('end', this.#hangUp);
    stdin.on('error', this.#hangUp);
    stdin.resume();
    this.#write(ENTER + (this.#mouse ? MOUSE_ON : ''));
  }

  /** Gives the terminal back as it was. */
  leave(): void {
    if (!this.#isMine) return;
    const { stdin } = this.#streams;
    this.#isMine = false;
    clearTimeout(this.#escape);
    this.#forget?.();
    stdin.off('data', this.#read);
    stdin.off('end', this.#hangUp);
    stdin.off('error', this.#hangUp);
    // A terminal that is gone says so in a later event.
    stdin.on('error', () => {});
    stdin.pause();
    this.#write(LEAVE);
    stdin.setRawMode?.(false);
  }

  /** Gives the terminal to something else for as long as that takes. */
  async away<T>(work: () => Promise<T>): Promise<T> {
    this.leave();
    try {
      return await work();
    } finally {
      this.enter();
      this.post({ type: 'drawn-anew' });
    }
  }

  /** Goes back to the shell, until the process is continued. */
  async suspend(): Promise<void> {
    await this.away(() => this.#signals.suspend());
  }

  /** Switches the mouse on or off. */
  useMouse(isOn: boolean): void {
    if (isOn === this.#mouse) return;
    this.#mouse = isOn;
    this.#write(isOn ? MOUSE_ON : MOUSE_OFF);
  }

  /** Shows a grid: writes only the differences from the present screen. */
  async show(grid: Grid): Promise<void> {
    if (!this.#isMine) return;
    const text = difference(this.#shown, grid);
    this.#shown = grid;
    if (text !== '') await this.#streams.stdout.draw(text);
  }

  /** Makes the next grid redraw the whole screen. */
  redraw(): void {
    this.#shown = undefined;
  }

  /** Adds to what happens. */
  post(happening: Happening): void {
    this.#happenings.push(happening);
    this.#wake?.();
  }

  /** Whether something happened that nobody has asked for yet. */
  get isBusy(): boolean {
    return this.#happenings.length > 0;
  }

  /** Returns what happens next. */
  async next(): Promise<Happening> {
    while (this.#happenings.length === 0)
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    return this.#happenings.shift()!;
  }

  readonly #hangUp = (): void => {
    this.leave();
    this.post({ type: 'ended', code: HANGUP });
  };

  readonly #read = (bytes: Uint8Array): void => {
    clearTimeout(this.#escape);
    this.#take(this.#decoder.push(bytes));
    const waits = this.#decoder.isPasting ? PASTE_WAITS : ESCAPE_WAITS;
    if (this.#decoder.isWaiting) this.#escape = setTimeout(() => this.#take(this.#decoder.flush()), waits);
  };

  #take(keys: readonly Key[]): void {
    if (keys.length === 0) return;
    if (this.interrupted && keys.some(({ name }) => name === 'ctrl-c')) this.interrupted();
    else this.post({ type: 'keys', keys });
  }

  #told(signal: Signal): void {
    switch (signal.type) {
      case 'resized':
        this.#shown = undefined;
        this.post({ type: 'drawn-anew' });
        break;
      case 'suspended':
        void this.suspend();
        break;
      case 'continued':
        // Somebody stopped the process without asking it, and a shell used the terminal meanwhile.
        this.leave();
        this.enter();
        this.post({ type: 'drawn-anew' });
        break;
      case 'ended':
      case 'crashed':
        this.leave();
        this.post(signal);
        break;
    }
  }

  /** Reading notices a terminal that is gone. */
  #write(text: string): void {
    void Promise.resolve(this.#streams.stdout.draw(text)).catch(() => {});
  }
}
