import { type Arguments, usageOf } from '../args/argument.ts';
import type { Effect } from './effect.ts';
import type { OptionSpec } from './options.ts';

/** The description of a command, for help and completion. */
export interface CommandInfo {
  /** One line, for lists of commands. */
  readonly summary: string;
  /** Its effect; options that reach further have their own. */
  readonly effect: Effect;
  /** Whether it works where there is no workspace, so that its questions are not about one. */
  readonly needsNoWorkspace?: true;
  /** The arguments, by name and in order. */
  readonly args: Arguments;
  readonly options?: readonly OptionSpec[];
  /** Command lines, without the `crm`. */
  readonly examples?: readonly string[];
  /** The fields of each record or thing that it prints with --json. */
  readonly jsonFields?: readonly string[];
  /** The command whose fields it prints, instead of a list of its own: `deal show`. */
  readonly jsonAs?: string;
  /** Returns what --help begins with if the first argument names a known thing, such as a report; undefined for any other word. */
  readonly helpOn?: (word: string) => Promise<string | undefined>;
}

/** Returns the arguments of a command as its line of usage has them: `ID... STAGE`. */
export const argumentsLine = ({ args }: CommandInfo): string => usageOf(args);

/** Returns the line of help about what a command prints with --json; undefined for a command that says nothing of it. */
export const jsonLine = ({ jsonFields = [], jsonAs }: CommandInfo): string | undefined =>
  jsonFields.length > 0
    ? `JSON fields: ${jsonFields.join(', ')}`
    : jsonAs === undefined
      ? undefined
      : `JSON fields: those of crm ${jsonAs}`;
