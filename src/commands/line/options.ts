/** The options of a command: how they are declared, and what was given. */
import type { Argument } from '../args/argument.ts';
import type { Outside } from './effect.ts';

export interface OptionSpec {
  /** As commander has it: `--reason TEXT` becomes `--reason <TEXT>`. */
  readonly flags: string;
  readonly description: string;
  /** The effect beyond the records and settings of the workspace. */
  readonly reaches?: Outside;
  /**
   * What several values become: `true` keeps them all (`Options.list`), `'list'` joins them with commas, as one list
   * (`Options.text`). Left out: two different values are a usage error.
   */
  readonly repeat?: true | 'list';
  /** The value as an argument, which completion and questions offer (default: what the placeholder means, as `USER` does). */
  readonly value?: Argument;
  /** The question about it on a terminal if it is left out, without the question mark; an empty answer leaves it out. */
  readonly asks?: string;
  /** Whether the command needs it: an empty answer is refused, and if nobody can be asked, the question is the error. */
  readonly isRequired?: true;
  /** The options beside which it may be left out without a question. */
  readonly asksUnless?: readonly string[];
}

/** Returns the long name of an option as people type it, without the dashes: `request-id` of `--request-id <ID>`. */
export const longName = ({ flags }: Pick<OptionSpec, 'flags'>): string => /--([\w-]+)/.exec(flags)![1]!;

/** Returns the name of an option as `Options` has it: `requestId` of `--request-id <ID>`, `input` of `--no-input`. */
export const optionName = ({ flags }: OptionSpec): string =>
  /--(?:no-)?([a-z-]+)/.exec(flags)![1]!.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The options given, by their name in camelCase. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Whether an option was given, with or without a value. */
  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== false;
  }

  /** Whether an option was given in any form: with a value, several, or as `--no-NAME`. */
  was(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** Whether `--no-NAME` was given. */
  denied(name: string): boolean {
    return this.#values[name] === false;
  }

  /** All that were given, by name. */
  all(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as string[]) : [];
  }
}
