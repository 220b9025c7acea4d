/** A command as data: what it is called with, what it says of itself, and what it does. One file each. */
import type { Context } from './context.ts';
import type { CommandInfo } from './command-info.ts';
import type { Options } from './options.ts';

export interface Command extends CommandInfo {
  /** Returns the exit code where it is not 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that has nothing to return says so.
  run(context: Context, args: readonly string[], options: Options): Promise<number | void>;
}
