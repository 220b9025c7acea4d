/** The error for missing arguments if nobody can be asked: the question, and an example line that answers it. */
import type { Workspace } from '../../app/core/workspace.ts';
import { type CrmError, usage } from '../../domain/errors.ts';
import type { Context } from '../line/context.ts';
import type { CommandInfo } from '../line/command-info.ts';
import { camel } from '../../domain/name-case.ts';
import { longName, type Options, type OptionSpec } from '../line/options.ts';
import { type Argument, exampleId } from './argument.ts';
import { optionValue } from './option-value.ts';
import { quoted } from './quoted.ts';

/** The given and the missing parts of a command line. */
export interface Lacking {
  /** The arguments without a word, by name. */
  readonly missing: readonly string[];
  readonly words: ReadonlyMap<string, readonly string[]>;
  readonly options: Options;
  /** The required options that are not given. */
  readonly missingOptions: readonly OptionSpec[];
}

/** Returns the USAGE error for the missing parts of a line, with the completed line as its hint. */
export async function missingError(
  context: Context,
  { args, options: specs = [] }: CommandInfo,
  { missing, words, options, missingOptions }: Lacking,
): Promise<CrmError> {
  const asked = missing.map(name => args[name]!);
  const line = ['crm', context.via];
  const workspace = await context.workspace().catch(() => undefined);
  for (const [name, argument] of Object.entries(args)) {
    const given = words.get(name) ?? [];
    line.push(...given.map(quoted));
    if (missing.includes(name)) line.push(exampleOf(argument, context, workspace));
  }
  for (const spec of specs) line.push(...givenOf(spec, options));
  for (const spec of missingOptions)
    line.push(`--${longName(spec)}`, exampleOf(optionValue(spec), context, workspace));
  const questions = [...asked.map(({ asks }) => asks), ...missingOptions.map(({ asks }) => asks!)];
  return usage(
    `${asOne(questions)}?`,
    `${line.join(' ')}${[...asked.map(otherwise), ...missingOptions.map(each => orFlag(each, specs))].join('')}`,
  );
}

/** Returns the words of a line that give an option as it was given; none if it was not. */
function givenOf(spec: OptionSpec, options: Options): string[] {
  const name = longName(spec);
  const value = options.all()[camel(name)];
  if (value === true) return [`--${name}`];
  const texts = Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
  return texts.flatMap(text => [`--${name}`, quoted(text)]);
}

/** Returns the flags that can replace an option, as the end of a hint: `, or --first`. */
const orFlag = ({ asksUnless = [] }: OptionSpec, specs: readonly OptionSpec[]): string =>
  specs
    .filter(each => asksUnless.includes(longName(each)) && !each.flags.includes('<'))
    .map(each => `, or --${longName(each)}`)
    .join('');

/** Returns several questions as one: `which deal, and to which stage`. */
function asOne(questions: readonly string[]): string {
  const last = questions.at(-1)!;
  return questions.length === 1 ? last : `${questions.slice(0, -1).join(', ')}, and ${last}`;
}

/** Returns the other ways to answer the question about an argument, as the end of a hint. */
function otherwise({ insteadOf, type, kinds = [] }: Argument): string {
  if (insteadOf === 'where') return ', - for ids on standard input, or --where QUERY';
  if (insteadOf !== undefined) return `, or --${insteadOf}`;
  return type === 'trashed' ? `; crm ${kinds[0]} list --trash` : '';
}

/** Returns an example word: a name from the settings that the user may see if there is one, otherwise the label. */
function exampleOf(argument: Argument, { deps }: Context, workspace: Workspace | undefined): string {
  const { example, type, kinds = [], label } = argument;
  if (example !== undefined) return quoted(example);
  if (kinds.length > 0) return exampleId(deps.kinds, kinds[0]!);
  const all = workspace && firstOf(argument, workspace);
  return all ?? (type === 'file' ? 'FILE' : label.split('|')[0]!);
}

function firstOf({ type }: Argument, { visible: config, viewer }: Workspace): string | undefined {
  switch (type) {
    case 'pipeline':
      return config.pipelines[0]?.id;
    case 'stage': {
      // The second stage, because most deals enter at the first one and move there next.
      const stages = config.pipelines.find(each => each.stages.length > 0)?.stages;
      return (stages?.[1] ?? stages?.[0])?.id;
    }
    case 'user':
      return Object.hasOwn(config.users, viewer.user) ? viewer.user : Object.keys(config.users)[0];
    case 'team':
      return Object.keys(config.teams)[0];
    case 'view':
      return config.views[0]?.id;
    case 'automation':
      return config.automations[0]?.id;
    case 'template':
      return Object.keys(config.templates)[0];
    default:
      return undefined;
  }
}
