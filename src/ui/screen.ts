/**
 * The screens on which a command prints. Escaping is done here, and not at each print: text from data (names, paths,
 * arguments, texts of errors) cannot steer a terminal, because every control character leaves as an escape, `\x1b`.
 * Our own sequences pass in two ways: colours carry a mark that no data can know (`Paint`), and prompts and progress
 * `draw`.
 */
import { controlsEscaped } from './escape.ts';
import type { Sink, Streams } from './streams.ts';

export interface Screen extends Sink {
  /** Writes text in which line ends, tabs and our own colours stay, and every other control character is escaped. */
  write(text: string): Promise<void> | void;
  /** Writes text that programs read back (CSV, the text of a file): exact in a file or pipe, escaped on a terminal. */
  exact(text: string): Promise<void> | void;
  /** Writes cursor sequences of ours. For prompts and progress, whose texts must be printable already. */
  draw(text: string): Promise<void> | void;
}

export interface Screens extends Streams {
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Stands for the ESC of our own colours until they are written: ESC with a key that no data can know. */
  readonly mark: string;
}

/** Screens over the streams of a command; `random` gives a number from 0 to 1 that no data can foresee. */
export function screensOver(streams: Streams, random: () => number): Screens {
  const mark = `\u001b${Math.floor(random() * 2 ** 48).toString(36)}`;
  return {
    get stdin() {
      return streams.stdin;
    },
    stdout: screenOver(streams.stdout, mark),
    stderr: screenOver(streams.stderr, mark),
    mark,
  };
}

function screenOver(sink: Sink, mark: string): Screen {
  const safe = (text: string) => sink.write(controlsEscaped(text, mark));
  return {
    get isTTY() {
      return sink.isTTY;
    },
    get columns() {
      return sink.columns;
    },
    get rows() {
      return sink.rows;
    },
    write: safe,
    exact: text => (sink.isTTY ? safe(text) : sink.write(text)),
    draw: text => sink.write(text),
  };
}
