/**
 * Finds and runs the command of a command line. Loads only the module of that command; the registry of all commands
 * is data.
 */
import { CrmError, usage } from '../domain/errors.ts';
import type { Kinds } from '../domain/kinds.ts';
import { recordKinds } from '../kinds/index.ts';
import { suggestion } from '../domain/nearest.ts';
import type { Arguments } from './args/argument.ts';
import { type Bound, bind } from './args/bind.ts';
import { isAskedFor, lacksAnswer, missingOptions } from './asking/lacks-answer.ts';
import type { Command } from './line/command.ts';
import { Options } from './line/options.ts';
import { Context } from './line/context.ts';
import type { CommandDeps, Deps } from './line/deps.ts';
import { commandLine, globalsWithValue, readGlobals } from './line/globals.ts';
import { treeOf } from './registry.ts';
import type { Split } from './line/plain-options.ts';
import { requireHelpWithin, requireWithin } from './line/within.ts';

/**
 * Runs a command line; returns the exit code. Throws CrmError, or the error of a bug. `isAnswered`: the user was
 * asked already for what the line lacks.
 */
export async function runProgram(
  argv: readonly string[],
  deps: Omit<CommandDeps, 'tree' | 'kinds'> & Pick<Deps, 'kinds'>,
  isAnswered = false,
): Promise<number> {
  const { kinds = recordKinds, nouns } = deps;
  const tree = treeOf(kinds, nouns);
  const { path, command } = await findCommand(wordsOf(argv), tree, kinds);
  const wantsHelp = argv.slice(0, endOfOptions(argv)).some(word => word === '--help' || word === '-h');
  if (deps.within && (!command || wantsHelp)) requireHelpWithin(deps.within, path);
  if (!command) {
    const { args, options } = await parse(
      path,
      group,
      argv.filter(word => word !== '--help' && word !== '-h'),
    );
    bind({}, args, options, path === '' ? 'crm' : `crm ${path}`, kinds);
    const { overview, printHelp } = await import('./help.ts');
    await printHelp(deps.streams.stdout, await overview(path, tree));
    return 0;
  }
  if (wantsHelp) return printOwnHelp(path, command, argv, deps);
  const { args, options } = await parse(path, command, argv).catch(async error => {
    throw await withFilter(error, path, argv, kinds);
  });
  if (deps.within) requireWithin(deps.within, path, command, options);
  const context = new Context(
    { ...deps, kinds, tree },
    readGlobals(options, deps.within?.isJson),
    path,
    commandLine(path, args, options),
  );
  let whole: readonly string[] | undefined;
  try {
    const found = bind(command.args, args, options, `crm ${path}`, kinds);
    whole = isAnswered ? undefined : await answered(context, { argv, command, found, options });
    if (whole === undefined) {
      await requireAll(context, command, found, options);
      const run = () => command.run(context, found.values, options);
      const isQuiet = options.flag('quietIfNothing');
      const code = await (isQuiet ? (await import('./line/quietly.ts')).quietly(context, run) : run());
      await context.sayUndo();
      return code ?? 0;
    }
  } catch (error) {
    // What was saved before it failed can be taken back too.
    await context.sayUndo();
    throw await withOrder(error, path, command, args, kinds);
  } finally {
    context.close();
  }
  // With a context of its own: a request id is bound to the whole line.
  return runProgram(whole, deps, true);
}

/** Prints what `--help` says of a command, and of what its first argument names; returns the exit code. */
async function printOwnHelp(
  path: string,
  command: Command,
  argv: readonly string[],
  { streams }: Pick<CommandDeps, 'streams'>,
): Promise<number> {
  const { commandHelp, printHelp } = await import('./help.ts');
  const word = wordsOf(argv)[path.split(' ').length];
  const first = word === undefined ? undefined : await command.helpOn?.(word);
  await printHelp(streams.stdout, `${first === undefined ? '' : `${first}\n`}${commandHelp(path, command)}`);
  return 0;
}

/** Returns the command line with what it lacks, if somebody can be asked for that; undefined otherwise. */
async function answered(
  context: Context,
  given: {
    readonly argv: readonly string[];
    readonly command: Command;
    readonly found: Bound<Arguments>;
    readonly options: Options;
  },
): Promise<readonly string[] | undefined> {
  const { command, found, options } = given;
  if (!lacksAnswer(command, found, options)) return undefined;
  const { lineAsked } = await import('./asking/line-asked.ts');
  return lineAsked(context, given);
}

/** Throws USAGE with the question about the arguments and options that are missing. */
async function requireAll(
  context: Context,
  command: Command,
  found: Pick<Bound<Arguments>, 'missing' | 'words'>,
  options: Options,
): Promise<void> {
  const lacking = missingOptions(command, options);
  if (found.missing.length === 0 && lacking.length === 0) return;
  // What may stand in an option instead is missing too if neither is there.
  const missing = Object.entries(command.args).flatMap(([name, argument]) =>
    found.missing.includes(name) ||
    (!argument.mayBeEmpty && isAskedFor([name, argument], found.words, options))
      ? name
      : [],
  );
  const { missingError } = await import('./args/missing.ts');
  throw await missingError(context, command, {
    missing,
    words: found.words,
    options,
    missingOptions: lacking,
  });
}

/** Adds the right query as the hint if a list is given a field as an option. */
async function withFilter(
  error: unknown,
  path: string,
  argv: readonly string[],
  kinds: Kinds,
): Promise<unknown> {
  if (!(error instanceof CrmError)) return error;
  const { filterMeant } = await import('./line/meant.ts');
  const meant = filterMeant(path, error.message, argv, kinds);
  return meant === undefined ? error : new CrmError(error.kind, error.message, meant, error);
}

/** An error of a command whose arguments are in another order than declared says the right line. */
async function withOrder(
  error: unknown,
  path: string,
  command: Command,
  args: readonly string[],
  kinds: Kinds,
): Promise<unknown> {
  if (!(error instanceof CrmError) || (error.kind !== 'USAGE' && error.kind !== 'NOT_FOUND')) return error;
  const { orderMeant } = await import('./line/meant.ts');
  const meant = orderMeant(path, command.args, args, kinds);
  return meant === undefined ? error : new CrmError(error.kind, error.message, meant, error);
}

/** A group of commands, such as `crm deal` or `crm` itself. It takes only the options of every command. */
const group: Command = { summary: '', effect: 'reads', args: {}, run: async () => {} };

/** How many words stand before `--`. */
const endOfOptions = (argv: readonly string[]): number =>
  argv.includes('--') ? argv.indexOf('--') : argv.length;

/** The words of the command line that are neither options nor the values of those that every command has. */
function wordsOf(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let i = 0; i < argv.length && argv[i] !== '--'; i++) {
    if (globalsWithValue.has(argv[i]!)) i++;
    else if (!argv[i]!.startsWith('-')) words.push(argv[i]!);
  }
  return words;
}

/** The command that one or two words name; no command where they name a group, or nothing. */
async function findCommand(
  words: readonly string[],
  tree: ReturnType<typeof treeOf>,
  kinds: Kinds,
): Promise<{ path: string; command?: Command }> {
  const [noun, verb] = words;
  if (noun === undefined) return { path: '' };
  const two = verb === undefined ? [] : [`${noun} ${tree.aliases[verb] ?? verb}`];
  for (const path of [...two, noun]) {
    const load = tree.find(path);
    if (load) return { path, command: await load() };
  }
  const { commands, nouns } = tree;
  if (!Object.hasOwn(nouns, noun)) {
    const { commandMeant } = await import('./line/meant.ts');
    throw usage(`unknown command ${JSON.stringify(noun)}`, commandMeant(words, tree, kinds));
  }
  if (verb === undefined) return { path: noun };
  const verbs = Object.keys(commands).flatMap(name =>
    name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : [],
  );
  const { showMeant } = await import('./line/meant.ts');
  throw usage(
    `unknown command ${JSON.stringify(`${noun} ${verb}`)}`,
    (verbs.includes('show') ? showMeant(noun, verb, kinds) : undefined) ??
      suggestion(verb, verbs, `${noun} can`),
  );
}

/** Splits the rest of the command line into arguments and options. */
async function parse(path: string, command: Command, argv: readonly string[]) {
  const called = path === '' ? 'crm' : `crm ${path}`;
  const words = withoutWords(argv, path === '' ? 0 : path.split(' ').length);
  const { args, values } = await split(called, command, words);
  return { args, options: new Options(values) };
}

/** If nothing looks like an option, there is nothing to split; if all options are plain, commander is not loaded. */
async function split(called: string, command: Command, words: readonly string[]): Promise<Split> {
  if (!words.some(word => word.startsWith('-'))) return { args: words, values: {} };
  const plain = (await import('./line/plain-options.ts')).plainSplit(command, words);
  if (plain) return plain;
  const { splitOptions } = await import('./line/split-options.ts');
  return splitOptions(called, command, words);
}

/** The command line without the words that name the command. */
function withoutWords(argv: readonly string[], depth: number): string[] {
  const rest: string[] = [];
  let left = depth;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (left > 0 && !word.startsWith('-')) left--;
    else if (left > 0 && globalsWithValue.has(word)) rest.push(word, ...argv.slice(++i, i + 1));
    else rest.push(word);
  }
  return rest;
}
