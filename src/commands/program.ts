/**
 * From the words of a command line to a command that runs. Only the module of that command is loaded, and commander
 * only sees its options; the tree of all commands is the registry, which is data.
 */
import { Command as Commander, CommanderError } from 'commander';
import { usage } from '../domain/errors.ts';
import { suggestion } from '../domain/nearest.ts';
import { type Command, Options } from './command.ts';
import { Context, type Deps } from './context.ts';
import { globalOptions, globalsWithValue, readGlobals } from './globals.ts';
import { aliases, commands, nouns } from './registry.ts';

/** Runs a command line; returns the exit code. Throws CrmError, and whatever a bug throws. */
export async function runProgram(argv: readonly string[], deps: Deps): Promise<number> {
  const { path, command } = await findCommand(leadingWords(argv));
  const end = argv.indexOf('--');
  const wantsHelp = argv
    .slice(0, end < 0 ? argv.length : end)
    .some(word => word === '--help' || word === '-h');
  if (!command) {
    const { overview } = await import('./help.ts');
    await deps.streams.stdout.write(await overview(path));
    return 0;
  }
  if (wantsHelp) {
    const { commandHelp } = await import('./help.ts');
    await deps.streams.stdout.write(commandHelp(path, command));
    return 0;
  }
  const { args, options } = parse(path, command, argv);
  const context = new Context(deps, readGlobals(options), path);
  return (await command.run(context, args, options)) ?? 0;
}

/** The first two words of the command line that are neither options nor their values. */
function leadingWords(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let i = 0; i < argv.length && words.length < 2 && argv[i] !== '--'; i++) {
    if (globalsWithValue.has(argv[i]!)) i++;
    else if (!argv[i]!.startsWith('-')) words.push(argv[i]!);
  }
  return words;
}

/** The command that one or two words name; no command where they name a group, or nothing. */
async function findCommand(words: readonly string[]): Promise<{ path: string; command?: Command }> {
  const [noun, verb] = words;
  if (noun === undefined) return { path: '' };
  const two = verb === undefined ? undefined : `${noun} ${aliases[verb] ?? verb}`;
  const path =
    two !== undefined && Object.hasOwn(commands, two)
      ? two
      : Object.hasOwn(commands, noun)
        ? noun
        : undefined;
  if (path !== undefined) return { path, command: await commands[path]!() };
  if (!Object.hasOwn(nouns, noun)) {
    const known = [...new Set(Object.keys(commands).map(name => name.split(' ')[0]!))];
    throw usage(`unknown command ${JSON.stringify(noun)}`, suggestion(noun, known, 'commands'));
  }
  if (verb === undefined) return { path: noun };
  const verbs = Object.keys(commands).flatMap(name =>
    name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : [],
  );
  throw usage(`unknown command ${JSON.stringify(`${noun} ${verb}`)}`, suggestion(verb, verbs, `${noun} can`));
}

/** Splits the rest of the command line into arguments and options. */
function parse(path: string, command: Command, argv: readonly string[]) {
  const commander = new Commander(path)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false)
    .argument('[args...]')
    .allowUnknownOption(command.dashes === true);
  for (const { flags, description, repeat } of [...(command.options ?? []), ...globalOptions])
    if (repeat) commander.option(flags, description, (value: string, all: string[] = []) => [...all, value]);
    else commander.option(flags, description);
  try {
    commander.parse(withoutWords(argv, path.split(' ').length), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [message, hint] = error.message.replace(/^error: /, '').split('\n');
    throw usage(message!, hint?.replace(/^\(|\)$/g, '') ?? `crm ${path} --help`);
  }
  return { args: commander.args, options: new Options(commander.opts()) };
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
