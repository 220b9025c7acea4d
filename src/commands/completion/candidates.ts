/** The candidates for the last word of a command line, from the registry of commands and from the workspace. */
import type { CommandDeps } from '../line/deps.ts';
import type { Kind, Kinds } from '../../domain/kinds.ts';
import { nextOf } from '../args/bind.ts';
import { optionValue } from '../args/option-value.ts';
import type { CommandInfo } from '../line/command-info.ts';
import { longName, Options, type OptionSpec } from '../line/options.ts';
import type { Context } from '../line/context.ts';
import { globalOptions, optionsOf } from '../line/globals.ts';
import { kindNamed } from '../line/kind.ts';
import type { Tree } from '../line/tree.ts';
import type { Candidate } from './candidate.ts';
import { after } from './lists.ts';
import type { Place, Values } from './values.ts';

/** Makes a context for the workspace and the user that the line itself names. */
type Open = (given: Readonly<Record<string, unknown>>) => Context;

export interface Completed {
  readonly found: readonly Candidate[];
  /** Whether the word may also be the name of a file, which the shell completes. */
  readonly mayBeFile: boolean;
}

/**
 * Returns the candidates for the last of `words`, which come after `crm`. Verbs and records are filtered by what is typed,
 * because there may be many; the caller filters the others.
 */
export async function candidates(
  words: readonly string[],
  { tree, kinds }: Pick<CommandDeps, 'tree' | 'kinds'>,
  open: Open,
): Promise<Completed> {
  const { commands, nouns, aliases } = tree;
  const partial = words.at(-1) ?? '';
  const { plain, given, waiting } = sort(words.slice(0, -1), globalOptions);
  const [noun, verb] = plain;
  if (noun === undefined)
    return waiting ? valuesOf(waiting, { ...nowhere, partial }, open(given)) : only(firstWords(tree));
  const two = `${noun} ${aliases[verb ?? ''] ?? verb}`;
  const path = Object.hasOwn(commands, two) ? two : Object.hasOwn(commands, noun) ? noun : undefined;
  if (path === undefined)
    return only(verb === undefined && Object.hasOwn(nouns, noun) ? await verbsOf(noun, partial, tree) : []);
  const command = await commands[path]!();
  const options = optionsOf(command);
  const line = sort(words.slice(0, -1), options);
  const args = line.plain.slice(path.split(' ').length);
  const context = open(line.given);
  const kind = kindOf(kinds, noun, args);
  const assigned = /^(--[\w-]+)=(.*)$/s.exec(partial);
  const its = assigned && options.find(({ flags }) => flags.startsWith(`${assigned[1]!} <`));
  if (its) {
    const { found, mayBeFile } = await valuesOf(
      its,
      { noun, path, kind, args, partial: assigned[2]! },
      context,
    );
    return { found: after(`${assigned[1]!}=`, found), mayBeFile };
  }
  if (line.waiting) return valuesOf(line.waiting, { noun, path, kind, args, partial }, context);
  if (partial.startsWith('--') || (partial === '-' && !takesDash(command)))
    return only(
      options.map(({ flags, description }) => ({
        value: /--[\w-]+/.exec(flags)?.[0] ?? flags,
        about: description,
      })),
    );
  const values = await valuesFrom(context);
  const place = { noun, path, kind, args, partial };
  const next = nextOf(command.args, args, new Options(line.given), kinds);
  const found = next.map(each => values.ofArgument(each, place));
  return {
    found: (await Promise.all(found)).flat(),
    mayBeFile: next.some(({ type }) => type === 'file'),
  };
}

/** Whether a word that begins with a dash may be an argument. */
const takesDash = ({ args }: CommandInfo): boolean => Object.values(args).some(({ dash }) => dash?.('-x'));

const valuesFrom = async (context: Context): Promise<Values> =>
  (await import('./values.ts')).valuesIn(context);

const only = (found: readonly Candidate[]): Completed => ({ found, mayBeFile: false });

const firstWords = ({ nouns, commands }: Tree): Candidate[] => [
  ...Object.entries(nouns).map(([value, about]) => ({ value, about })),
  ...Object.keys(commands).flatMap(path => (path.includes(' ') ? [] : { value: path })),
];

/** Returns the verbs that begin with what is typed: only their files are loaded. */
const verbsOf = async (noun: string, partial: string, { commands }: Tree): Promise<Candidate[]> =>
  Promise.all(
    Object.keys(commands)
      .filter(path => path.startsWith(`${noun} ${partial}`))
      .map(async path => ({ value: path.slice(noun.length + 1), about: (await commands[path]!()).summary })),
  );

/** Splits words into arguments and the options that name the workspace and the user; `waiting` is an option without its value yet. */
function sort(words: readonly string[], options: readonly OptionSpec[]) {
  const plain: string[] = [];
  const given: Record<string, unknown> = { input: true };
  let waiting: OptionSpec | undefined;
  for (const word of words) {
    if (waiting) {
      const name = longName(waiting);
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

/** The place of an option before the command, which says nothing of a kind. */
const nowhere: Place = { noun: '', path: '', kind: 'deal', args: [], partial: '' };

async function valuesOf(option: OptionSpec, place: Place, context: Context): Promise<Completed> {
  const values = await valuesFrom(context);
  const argument = optionValue(option);
  return { found: await values.ofArgument(argument, place), mayBeFile: argument.type === 'file' };
}
