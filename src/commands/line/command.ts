/** A command as data: its arguments, its description, and its function. One file each. */
import type { Arguments, Values } from '../args/argument.ts';
import type { Context } from './context.ts';
import type { CommandInfo } from './command-info.ts';
import type { Options } from './options.ts';

/** A command of any arguments. */
export interface Command extends CommandInfo {
  /** Returns the exit code if it is not 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that has nothing to return says so.
  run(context: Context, args: Readonly<Record<string, unknown>>, options: Options): Promise<number | void>;
}

interface Declared<A extends Arguments> extends CommandInfo {
  readonly args: A;
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that has nothing to return says so.
  run(context: Context, args: Values<A>, options: Options): Promise<number | void>;
}

/** Declares a command, which is handed a value for each of its arguments, by name. */
export const command = <const A extends Arguments>(declared: Declared<A>): Command => declared as Command;
