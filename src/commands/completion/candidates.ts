/** What may come next on a command line, from the registry of commands and from the workspace. */
import type { CommandDeps } from '../deps.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { nextOf } from '../args/bind.ts';
import type { CommandInfo } from '../command-info.ts';
import { Options, type OptionSpec } from '../options.ts';
import type { Context } from '../context.ts';
import { globalOptions, optionsOf } from '../globals.ts';
import { kindNamed } from '../kind.ts';
import type { Tree } from '../tree.ts';
import type { Candidate } from './candidate.ts';
import type { Place, Values } from './values.ts';

/** Makes a context for the workspace and the user that the line itself names. */
type Open = (given: Readonly<Record<string, unknown>>) => Context;

/** All that could stand in place of the last word, whatever it begins with. `words` come after `crm`. */
export async function candidates(
  words: readonly string[],
  { tree, kinds }: Pick<CommandDeps, 'tree' | 'kinds'>,
  open: Open,
): Promise<Candidate[]> {
  const { commands, nouns, aliases } = tree;
  const partial = words.at(-1) ?? '';
  const { plain, given, waiting } = sort(words.slice(0, -1), globalOptions);
  const [noun, verb] = plain;
  if (noun === undefined)
    return waiting ? valuesOf(waiting, { ...nowhere, partial }, open(given)) : firstWords(tree);
  const two = `${noun} ${aliases[verb ?? ''] ?? verb}`;
  const path = Object.hasOwn(commands, two) ? two : Object.hasOwn(commands, noun) ? noun : undefined;
  if (path === undefined) return verb === undefined && Object.hasOwn(nouns, noun) ? verbsOf(noun, tree) : [];
  const command = await commands[path]!();
  const options = optionsOf(command);
  const line = sort(words.slice(0, -1), options);
  const args = line.plain.slice(path.split(' ').length);
  const context = open(line.given);
  const kind = kindOf(kinds, noun, args);
  if (line.waiting) return valuesOf(line.waiting, { noun, path, kind, args, partial }, context);
  if (partial.startsWith('--') || (partial === '-' && !takesDash(command)))
    return options.map(({ flags, description }) => ({
      value: /--[\w-]+/.exec(flags)?.[0] ?? flags,
      about: description,
    }));
  const values = await valuesFrom(context);
  const place = { noun, path, kind, args, partial };
  const next = nextOf(command.args, args, new Options(line.given), kinds);
  const found = next.map(each => values.ofArgument(each, place));
  return (await Promise.all(found)).flat();
}

/** Whether a word that begins with a dash may be an argument. */
const takesDash = ({ args }: CommandInfo): boolean => Object.values(args).some(({ dash }) => dash?.('-x'));

const valuesFrom = async (context: Context): Promise<Values> =>
  (await import('./values.ts')).valuesIn(context);

const firstWords = ({ nouns, commands }: Tree): Candidate[] => [
  ...Object.entries(nouns).map(([value, about]) => ({ value, about })),
  ...Object.keys(commands).flatMap(path => (path.includes(' ') ? [] : { value: path })),
];

const verbsOf = async (noun: string, { commands }: Tree): Promise<Candidate[]> =>
  Promise.all(
    Object.keys(commands)
      .filter(path => path.startsWith(`${noun} `))
      .map(async path => ({ value: path.slice(noun.length + 1), about: (await commands[path]!()).summary })),
  );

/** The words that are no options, which options were given, and the option that waits for its value. */
function sort(words: readonly string[], options: readonly OptionSpec[]) {
  const plain: string[] = [];
  const given: Record<string, unknown> = { input: true };
  let waiting: OptionSpec | undefined;
  for (const word of words) {
    if (waiting) {
      const name = /--([\w-]+)/.exec(waiting.flags)?.[1];
      if (name === 'dir' || name === 'as') given[name] = word;
      waiting = undefined;
    } else if (word.startsWith('-') && word !== '-')
      waiting = options.find(
        ({ flags }) => flags.includes('<') && flags.replace(/ <.*/, '').split(', ').includes(word),
      );
    else plain.push(word);
  }
  return { plain, given, waiting };
}

/** Returns the kind whose fields a command is about. */
export function kindOf(kinds: Kinds, noun: string, args: readonly string[]): Kind {
  try {
    return kindNamed(
      kinds,
      (noun === 'export' || noun === 'import' || noun === 'field') && args[0] ? args[0] : noun,
    );
  } catch {
    return 'deal';
  }
}

/** Before any command. */
const nowhere: Place = { noun: '', path: '', kind: 'deal', args: [], partial: '' };

async function valuesOf(option: OptionSpec, place: Place, context: Context): Promise<Candidate[]> {
  const name = /--([\w-]+)/.exec(option.flags)![1]!;
  const takes = /<(.*)>/.exec(option.flags)![1]!;
  const values = await valuesFrom(context);
  return values.ofOption(name, takes, place);
}
