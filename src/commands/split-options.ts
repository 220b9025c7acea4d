/** The words behind a command, split into arguments and options by commander, which knows only the options of that command. */
import { Command as Commander, CommanderError } from 'commander';
import { usage } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { globalOptions } from './globals.ts';

export interface Split {
  readonly args: readonly string[];
  /** By the name of the option, as commander makes it of its flags: `lockTimeout`, and `input`, false, for `--no-input`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** `called` is the command as errors name it: `crm deal move`. Throws USAGE. */
export function splitOptions(called: string, command: Command, words: readonly string[]): Split {
  const commander = new Commander(called)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false)
    .argument('[args...]')
    .allowUnknownOption(command.dashes === true);
  for (const { flags, description, repeat } of [...(command.options ?? []), ...globalOptions])
    if (repeat) commander.option(flags, description, (value: string, all: string[] = []) => [...all, value]);
    else commander.option(flags, description);
  try {
    commander.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [message, hint] = error.message.replace(/^error: /, '').split('\n');
    throw usage(message!, hint?.replace(/^\(Did (.*)\)$/, 'did $1') ?? hintFor(message!, called));
  }
  return { args: commander.args, values: commander.opts() };
}

/** What is right instead of an option that there is not. */
function hintFor(message: string, called: string): string {
  const term = /'-([a-z][\w.-]*:.*)'$/.exec(message)?.[1];
  return term ? `not:${term} finds what is not so` : `${called} --help`;
}
