/** Progress: one line on a terminal that is overwritten, for work that takes longer than a second. */
import { printable } from './escape.ts';
import type { Screen } from './screen.ts';

const PATIENCE = 1000;
const OFTEN = 100;

export interface Progress {
  /** Shows the progress if it is time to; `text` is ASCII, which is as wide as it is long. */
  show(text: () => string): void;
  /** Removes the line. */
  end(): void;
}

/** `now` in ms; nothing is shown where the screen is not a terminal. */
export function progressOn(screen: Screen, now: () => number): Progress {
  const started = now();
  let shown: number | undefined;
  return {
    show(text) {
      if (!screen.isTTY) return;
      const time = now();
      if (time - started < PATIENCE || (shown !== undefined && time - shown < OFTEN)) return;
      shown = time;
      void screen.draw(`\r${printable(text()).slice(0, screen.columns - 1)}\u001b[K`);
    },
    end() {
      if (shown !== undefined) void screen.draw('\r\u001b[K');
    },
  };
}
