import type { CommandInfo } from './command-info.ts';

/** The commands of a program as data: registry.ts has ours; help and completion are handed it. */
export interface Tree {
  /** Loads a command, by its words: `deal move`. */
  readonly commands: Readonly<Record<string, () => Promise<CommandInfo>>>;
  /** What each noun is, by the word. */
  readonly nouns: Readonly<Record<string, string>>;
  /** Other words for verbs: `ls` is `list`. */
  readonly aliases: Readonly<Record<string, string>>;
}
