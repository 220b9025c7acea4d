/**
 * Separates the words after a command into its arguments and its options, and reads options that are written as declared:
 * `--limit 20`, `--limit=20`, `-q`. Nearly all are. Commander reads the others (`split-options.ts`), because loading it takes
 * as long as the work of many a command.
 */
import { givenTwice } from '../../domain/given-twice.ts';
import type { CommandInfo } from './command-info.ts';
import { optionsOf } from './globals.ts';
import { optionName, type OptionSpec } from './options.ts';

export interface Split {
  readonly args: readonly string[];
  /** By the name of the option, as commander makes it of its flags: `lockTimeout`, and `input`, false, for `--no-input`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Returns the arguments and options of a line; undefined if commander has to read the options. Throws USAGE. */
export function plainSplit(command: CommandInfo, words: readonly string[]): Split | undefined {
  const specs = optionsOf(command);
  const { args, options } = partition(command, specs, words);
  if (options.length === 0) return { args, values: {} };
  const values = plainValues(specs, options);
  return values && { args, values };
}

/** Returns the values that commander would find; undefined if an option is written in another way than declared. */
function plainValues(
  specs: readonly OptionSpec[],
  words: readonly string[],
): Record<string, unknown> | undefined {
  const named = byName(specs);
  const values: Record<string, unknown> = {};
  // `--no-input` denies `input`, which is true otherwise.
  for (const spec of specs) if (isDenial(spec)) values[optionName(spec)] = true;
  for (let i = 0; i < words.length; i++) {
    const [, long, joined] = /^(--[\w-]+)=(.*)$/s.exec(words[i]!) ?? [];
    const spec = named.get(long ?? words[i]!);
    if (!spec || (joined !== undefined && !takesValue(spec))) return undefined;
    const name = optionName(spec);
    if (!takesValue(spec)) values[name] = !isDenial(spec);
    else if (joined === undefined && i + 1 === words.length) return undefined;
    else values[name] = valueIn(spec)(joined ?? words[++i]!, values[name]);
  }
  return values;
}

const isDenial = ({ flags }: OptionSpec): boolean => flags.includes('--no-');

const byName = (specs: readonly OptionSpec[]): ReadonlyMap<string, OptionSpec> =>
  new Map(specs.flatMap(spec => namesOf(spec).map(name => [name, spec] as const)));

/** Whether a word with a dash that is not an option of the command is one of its arguments. */
const isArgument = ({ args }: CommandInfo, word: string): boolean =>
  Object.values(args).some(argument => argument.dash?.(word));

/** Separates the arguments from the options and their values; all words after `--` are arguments. */
export function partition(
  command: CommandInfo,
  specs: readonly OptionSpec[],
  words: readonly string[],
): { args: string[]; options: string[] } {
  const args: string[] = [];
  const options: string[] = [];
  const named = byName(specs);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return { args: [...args, ...words.slice(i + 1)], options };
    const own = named.get(word);
    if (own) {
      options.push(word);
      if (takesValue(own) && i + 1 < words.length) options.push(words[++i]!);
    } else if (!word.startsWith('-') || word === '-') args.push(word);
    else if (!word.startsWith('--') && isArgument(command, word)) args.push(word);
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

export const takesValue = ({ flags }: OptionSpec): boolean => flags.includes('<');

/** Returns the names of an option: `-C` and `--dir`. */
const namesOf = ({ flags }: OptionSpec): string[] => flags.replace(/ <.*/, '').split(', ');

/** Returns what a value of an option makes of the values before it, which `before` stands for. Throws USAGE. */
export function valueIn({ flags, repeat }: OptionSpec): (value: string, before: unknown) => unknown {
  if (repeat === true) return (value, before) => [...((before as string[] | undefined) ?? []), value];
  if (repeat === 'list') return (value, before) => (before === undefined ? value : `${before},${value}`);
  return (value, before) => {
    if (before !== undefined && before !== value) throw givenTwice(longFlag(flags), String(before), value);
    return value;
  };
}

const longFlag = (flags: string): string => /--[\w-]+/.exec(flags)![0];
