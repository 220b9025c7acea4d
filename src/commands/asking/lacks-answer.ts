/** What a command line leaves open that is asked for on a terminal. */
import { camel } from '../../domain/name-case.ts';
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
  Object.entries(args).some(each => isAskedFor(each, words, options)) ||
  specs.some(spec => isOptionAskedFor(spec, options));

/** Returns whether an argument that may be left out is asked for all the same. */
export const isAskedFor = (
  [name, { asksUnless }]: readonly [string, Argument],
  words: ReadonlyMap<string, readonly string[]>,
  options: Options,
): boolean => {
  const isGiven = (other: string) => (words.get(other)?.length ?? 0) > 0;
  return (
    asksUnless !== undefined &&
    !isGiven(name) &&
    !asksUnless.some(other => isGiven(other) || options.has(camel(other)))
  );
};

/** Returns whether an option that is not given is asked for. */
export const isOptionAskedFor = (spec: OptionSpec, options: Options): boolean =>
  spec.asks !== undefined &&
  ![nameOfOption(spec), ...(spec.asksUnless ?? [])].some(name => options.has(camel(name)));

/** Returns the options that the command cannot do without and that are not given. */
export const missingOptions = (
  { options: specs = [] }: CommandInfo,
  options: Options,
): readonly OptionSpec[] => specs.filter(spec => spec.isRequired === true && isOptionAskedFor(spec, options));

/** Returns the name of an option: `reason`. */
export const nameOfOption = ({ flags }: OptionSpec): string => /--([\w-]+)/.exec(flags)![1]!;
