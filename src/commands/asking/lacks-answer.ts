/** What a command line leaves open that is asked for on a terminal. */
import type { Argument, Arguments } from '../args/argument.ts';
import type { Bound } from '../args/bind.ts';
import type { CommandInfo } from '../command-info.ts';
import type { Options, OptionSpec } from '../options.ts';

/** Returns whether a line lacks an argument or an option that is asked for. */
export const lacksAnswer = (
  { args, options: specs = [] }: CommandInfo,
  { missing, words }: Pick<Bound<Arguments>, 'missing' | 'words'>,
  options: Options,
): boolean =>
  missing.length > 0 ||
  Object.entries(args).some(([name, argument]) => isAskedFor(argument, words.get(name), options)) ||
  specs.some(spec => isOptionAskedFor(spec, options));

/** Returns whether an argument that may be left out is asked for all the same. */
export const isAskedFor = (
  { asksUnless }: Argument,
  words: readonly string[] = [],
  options: Options,
): boolean =>
  asksUnless !== undefined && words.length === 0 && !asksUnless.some(option => options.has(option));

/** Returns whether an option that is not given is asked for. */
export const isOptionAskedFor = (spec: OptionSpec, options: Options): boolean =>
  spec.asks !== undefined && !options.has(nameOfOption(spec));

/** Returns the name of an option: `reason`. */
export const nameOfOption = ({ flags }: OptionSpec): string => /--([\w-]+)/.exec(flags)![1]!;
