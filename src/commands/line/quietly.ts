/**
 * `--quiet-if-nothing`: a command in cron prints only if it has something to tell, on stdout and on stderr, so that a mail
 * of cron always means something.
 */
import type { Screen, Screens } from '../../ui/screen.ts';
import type { Context } from './context.ts';

/**
 * Runs a command, and prints at its end what it had to print: nothing if it says that there is nothing to tell, ends
 * well and warns of nothing. What it prints meanwhile is held in memory.
 */
export async function quietly(
  context: Context,
  // biome-ignore lint/suspicious/noConfusingVoidType: as of a command.
  run: () => Promise<number | void>,
  // biome-ignore lint/suspicious/noConfusingVoidType: as of a command.
): Promise<number | void> {
  const held: (() => Promise<void> | void)[] = [];
  const release = context.holdOutput(streams => holding(streams, held));
  let code: Awaited<ReturnType<typeof run>> = 1;
  try {
    code = await run();
    return code;
  } finally {
    release();
    if (!context.isNothing || (code ?? 0) !== 0) for (const print of held) await print();
  }
}

/** Streams whose output is kept, to be printed later or never. */
const holding = (streams: Screens, held: (() => Promise<void> | void)[]): Screens => ({
  ...streams,
  stdin: streams.stdin,
  stdout: holdingScreen(streams.stdout, held),
  stderr: holdingScreen(streams.stderr, held),
});

const holdingScreen = (screen: Screen, held: (() => Promise<void> | void)[]): Screen => ({
  isTTY: screen.isTTY,
  columns: screen.columns,
  rows: screen.rows,
  write: text => void held.push(() => screen.write(text)),
  exact: text => void held.push(() => screen.exact(text)),
  // A question and a progress bar are for whoever waits.
  draw: screen.draw,
});
