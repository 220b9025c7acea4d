/**
 * Splits the words after a command into its arguments and its options. Commander sees the options only; which words
 * with a dash are arguments is for the arguments to say: `-5` of a score, `-vip` of tags.
 */
import { Command as Commander, CommanderError } from 'commander';
import { usage } from '../domain/errors.ts';
import { givenTwice } from '../domain/given-twice.ts';
import type { CommandInfo } from './command-info.ts';
import type { OptionSpec } from './options.ts';
import { optionsOf } from './globals.ts';

export interface Split {
  readonly args: readonly string[];
  /** By the name of the option, as commander makes it of its flags: `lockTimeout`, and `input`, false, for `--no-input`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** `called` is the command as errors name it: `crm deal move`. Throws USAGE. */
export function splitOptions(called: string, command: CommandInfo, words: readonly string[]): Split {
  const specs = optionsOf(command);
  const { args, options } = partition(words, specs, word => isArgument(command, word));
  if (options.length === 0) return { args, values: {} };
  const commander = new Commander(called)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false);
  for (const spec of specs)
    if (takesValue(spec)) commander.option(spec.flags, spec.description, valueIn(spec));
    else commander.option(spec.flags, spec.description);
  try {
    commander.parse(options, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [message, hint] = error.message.replace(/^error: /, '').split('\n');
    throw usage(message!, hint?.replace(/^\(Did (.*)\)$/, 'did $1') ?? hintFor(message!, called));
  }
  return { args, values: commander.opts() };
}

/** Whether a word with a dash that is not an option of the command is one of its arguments. */
const isArgument = ({ args }: CommandInfo, word: string): boolean =>
  Object.values(args).some(argument => argument.dash?.(word));

/** Separates the arguments from the options and their values; all words after `--` are arguments. */
function partition(
  words: readonly string[],
  specs: readonly OptionSpec[],
  isArgument: (word: string) => boolean,
): { args: string[]; options: string[] } {
  const args: string[] = [];
  const options: string[] = [];
  const named = new Map(specs.flatMap(spec => namesOf(spec).map(name => [name, spec] as const)));
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return { args: [...args, ...words.slice(i + 1)], options };
    const own = named.get(word);
    if (own) {
      options.push(word);
      if (takesValue(own) && i + 1 < words.length) options.push(words[++i]!);
    } else if (!word.startsWith('-') || word === '-') args.push(word);
    else if (!word.startsWith('--') && isArgument(word)) args.push(word);
    else {
      options.push(word);
      const last = endOfShorts(word, named);
      if (last !== undefined && takesValue(last) && i + 1 < words.length) options.push(words[++i]!);
    }
  }
  return { args, options };
}

/** Returns the last option of several in one word if it takes the next word: `-C` of `-qC`. */
function endOfShorts(word: string, named: ReadonlyMap<string, OptionSpec>): OptionSpec | undefined {
  if (word.startsWith('--')) return undefined;
  const letters = [...word.slice(1)].map(letter => named.get(`-${letter}`));
  const at = letters.findIndex(spec => spec !== undefined && takesValue(spec));
  return at === letters.length - 1 ? letters[at] : undefined;
}

const takesValue = ({ flags }: OptionSpec): boolean => flags.includes('<');

/** Returns the names of an option: `-C` and `--dir`. */
const namesOf = ({ flags }: OptionSpec): string[] => flags.replace(/ <.*/, '').split(', ');

/** Reads each value of an option, with what the values before it became. */
function valueIn({ flags, repeat }: OptionSpec): (value: string, before: unknown) => unknown {
  if (repeat === true) return (value, before) => [...((before as string[] | undefined) ?? []), value];
  if (repeat === 'list') return (value, before) => (before === undefined ? value : `${before},${value}`);
  return (value, before) => {
    if (before !== undefined && before !== value) throw givenTwice(longFlag(flags), String(before), value);
    return value;
  };
}

const longFlag = (flags: string): string => /--[\w-]+/.exec(flags)![0];

/** Suggests what to use instead of an option that does not exist. */
function hintFor(message: string, called: string): string {
  const term = /'-([a-z][\w.-]*:.*)'$/.exec(message)?.[1];
  return term ? `not:${term} finds what is not so` : `${called} --help`;
}
