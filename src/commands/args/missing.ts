/** What is said where an argument is missing and nobody can be asked: which question it is, and a line that answers it. */
import type { Workspace } from '../../app/core/workspace.ts';
import { type CrmError, usage } from '../../domain/errors.ts';
import { nameOfOption } from '../asking/lacks-answer.ts';
import type { Context } from '../context.ts';
import type { CommandInfo } from '../command-info.ts';
import { camel } from '../../domain/name-case.ts';
import type { Options, OptionSpec } from '../options.ts';
import { type Argument, exampleId } from './argument.ts';
import { optionValue } from './option-value.ts';
import { quoted } from './quoted.ts';

/** What a command line has, and what it lacks. */
export interface Lacking {
  /** The arguments without a word, by name. */
  readonly missing: readonly string[];
  readonly words: ReadonlyMap<string, readonly string[]>;
  readonly options: Options;
  /** The options that the command cannot do without and that are not given. */
  readonly missingOptions: readonly OptionSpec[];
}

/** Returns the error for what is missing, with the whole line as an example. */
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
    line.push(`--${nameOfOption(spec)}`, exampleOf(optionValue(spec), context, workspace));
  const questions = [...asked.map(({ asks }) => asks), ...missingOptions.map(({ asks }) => asks!)];
  return usage(
    `${asOne(questions)}?`,
    `${line.join(' ')}${[...asked.map(otherwise), ...missingOptions.map(each => orFlag(each, specs))].join('')}`,
  );
}

/** Returns an option as it was given, as words of a line. */
function givenOf(spec: OptionSpec, options: Options): string[] {
  const name = nameOfOption(spec);
  const value = options.all()[camel(name)];
  if (value === true) return [`--${name}`];
  const texts = Array.isArray(value) ? (value as string[]) : typeof value === 'string' ? [value] : [];
  return texts.flatMap(text => [`--${name}`, quoted(text)]);
}

/** Returns the flags that do instead of an option: `, or --first`. */
const orFlag = ({ asksUnless = [] }: OptionSpec, specs: readonly OptionSpec[]): string =>
  specs
    .filter(each => asksUnless.includes(nameOfOption(each)) && !each.flags.includes('<'))
    .map(each => `, or --${nameOfOption(each)}`)
    .join('');

/** Returns several questions as one: `which deal, and to which stage`. */
function asOne(questions: readonly string[]): string {
  const last = questions.at(-1)!;
  return questions.length === 1 ? last : `${questions.slice(0, -1).join(', ')}, and ${last}`;
}

/** What else answers the question about an argument. */
function otherwise({ insteadOf, type, kinds = [] }: Argument): string {
  if (insteadOf === 'where') return ', - for ids on standard input, or --where QUERY';
  if (insteadOf !== undefined) return `, or --${insteadOf}`;
  return type === 'trashed' ? `; crm ${kinds[0]} list --trash` : '';
}

/** Returns a word for an example: of the settings of this workspace where there is one that the user may see. */
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
      // The second one of a pipeline is where most deals go next.
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
