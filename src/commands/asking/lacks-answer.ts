/** Which parts of a command line are missing and therefore asked for on a terminal. */
import { camel } from '../../domain/name-case.ts';
import type { Argument, Arguments } from '../args/argument.ts';
import type { Bound } from '../args/bind.ts';
import type { CommandInfo } from '../line/command-info.ts';
import { longName, type Options, type OptionSpec } from '../line/options.ts';

/** Returns whether a line lacks an argument or an option that is asked for. */
export const lacksAnswer = (
  { args, options: specs = [] }: CommandInfo,
  { missing, words }: Pick<Bound<Arguments>, 'missing' | 'words'>,
  options: Options,
): boolean =>
  missing.length > 0 ||
  Object.entries(args).some(each => isAskedFor(each, words, options)) ||
  specs.some(spec => isOptionAskedFor(spec, options));

/** Returns whether an optional argument is asked for, because nothing that it `asksUnless` is given. */
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
  ![longName(spec), ...(spec.asksUnless ?? [])].some(name => options.has(camel(name)));

/** Returns the required options that are not given. */
export const missingOptions = (
  { options: specs = [] }: CommandInfo,
  options: Options,
): readonly OptionSpec[] => specs.filter(spec => spec.isRequired === true && isOptionAskedFor(spec, options));
