/** What a screen gets from its command: where to draw, the width, and the colours. */
import type { Paint } from '../ui/paint.ts';
import type { Screens } from '../ui/screen.ts';

/** A `Context` of a command is one; a test can make its own. */
export interface Terminal {
  readonly streams: Screens;
  /** Returns the colours for stdout. */
  paint(): Promise<Paint>;
  /** Returns the colours for questions, which are drawn on stderr. */
  promptPaint(): Promise<Paint>;
  /** Prints on stdout; control characters are escaped. */
  print(text: string): Promise<void>;
  /** Prints a line for people on stderr. */
  message(text: string): Promise<void>;
}
