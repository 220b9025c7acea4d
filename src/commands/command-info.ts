import type { OptionSpec } from './options.ts';

/** What a command says of itself: for help and completion. */
export interface CommandInfo {
  /** One line, for lists of commands. */
  readonly summary: string;
  /** The arguments: `ID... STAGE`. */
  readonly usage: string;
  readonly options?: readonly OptionSpec[];
  /** Command lines, without the `crm`. */
  readonly examples?: readonly string[];
  /** What --help says first of one of the things that the first argument may name; undefined for any other word. */
  readonly helpOn?: (word: string) => Promise<string | undefined>;
  /** Whether words that begin with a dash are arguments too: `crm score C3 -5`. */
  readonly dashes?: boolean;
}
