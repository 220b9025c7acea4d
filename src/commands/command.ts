/** A command as data: what it is called with, what it says of itself, and what it does. One file each. */
import type { Context } from './context.ts';

export interface OptionSpec {
  /** As commander has it: `--reason TEXT` becomes `--reason <TEXT>`. */
  readonly flags: string;
  readonly description: string;
  /**
   * What several values become: `true` keeps them all (`Options.list`), `'list'` joins them with commas, as one list
   * (`Options.text`). Left out: two different values are a usage error.
   */
  readonly repeat?: true | 'list';
}

export interface Command {
  /** One line, for lists of commands. */
  readonly summary: string;
  /** The arguments: `ID... STAGE`. */
  readonly usage: string;
  readonly options?: readonly OptionSpec[];
  /** Command lines, without the `crm`. */
  readonly examples?: readonly string[];
  /** Whether words that begin with a dash are arguments too: `crm score C3 -5`. */
  readonly dashes?: boolean;
  /** Returns the exit code where it is not 0. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a command that has nothing to return says so.
  run(context: Context, args: readonly string[], options: Options): Promise<number | void>;
}

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
