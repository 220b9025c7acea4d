import { type Arguments, usageOf } from './args/argument.ts';
import type { OptionSpec } from './options.ts';

/** What a command says of itself: for help and completion. */
export interface CommandInfo {
  /** One line, for lists of commands. */
  readonly summary: string;
  /** The arguments, by name and in order. */
  readonly args?: Arguments;
  /** The arguments: `ID... STAGE`. */
  readonly usage?: string;
  readonly options?: readonly OptionSpec[];
  /** Command lines, without the `crm`. */
  readonly examples?: readonly string[];
  /** Returns what --help begins with if the first argument names a known thing, such as a report; undefined for any other word. */
  readonly helpOn?: (word: string) => Promise<string | undefined>;
  /** Whether words that begin with a dash are arguments too: `crm score C3 -5`. */
  readonly dashes?: boolean;
}

/** Returns the arguments of a command as its line of usage has them: `ID... STAGE`. */
export const argumentsLine = ({ args, usage }: CommandInfo): string =>
  args === undefined ? (usage ?? '') : usageOf(args);
