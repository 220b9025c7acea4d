/** What is said where an argument is missing and nobody can be asked: which question it is, and a line that answers it. */
import type { Workspace } from '../../app/core/workspace.ts';
import { type CrmError, usage } from '../../domain/errors.ts';
import type { Context } from '../context.ts';
import { type Argument, type Arguments, exampleId } from './argument.ts';
import type { Bound } from './bind.ts';
import { quoted } from './quoted.ts';

/** Returns the error for the arguments that are missing, with the whole line as an example. */
export async function missingError(
  context: Context,
  args: Arguments,
  { missing, words }: Pick<Bound<Arguments>, 'missing' | 'words'>,
): Promise<CrmError> {
  const asked = missing.map(name => args[name]!);
  const line = ['crm', context.via];
  const workspace = await context.workspace().catch(() => undefined);
  for (const [name, argument] of Object.entries(args)) {
    const given = words.get(name) ?? [];
    line.push(...given.map(quoted));
    if (missing.includes(name)) line.push(exampleOf(argument, context, workspace));
  }
  return usage(`${questionOf(asked)}?`, `${line.join(' ')}${asked.map(otherwise).join('')}`);
}

/** Returns the questions about arguments as one: `which deal, and to which stage`. */
function questionOf(asked: readonly Argument[]): string {
  const questions = asked.map(({ asks }) => asks);
  const last = questions.pop()!;
  return questions.length === 0 ? last : `${questions.join(', ')}, and ${last}`;
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
