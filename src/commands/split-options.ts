/** The words behind a command, split into arguments and options by commander, which knows only the options of that command. */
import { Command as Commander, CommanderError } from 'commander';
import { usage } from '../domain/errors.ts';
import { givenTwice } from '../domain/given-twice.ts';
import type { Command } from './command.ts';
import type { OptionSpec } from './options.ts';
import { optionsOf } from './globals.ts';

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
  for (const spec of optionsOf(command))
    if (spec.flags.includes('<')) commander.option(spec.flags, spec.description, valueIn(spec));
    else commander.option(spec.flags, spec.description);
  try {
    commander.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [message, hint] = error.message.replace(/^error: /, '').split('\n');
    throw usage(message!, hint?.replace(/^\(Did (.*)\)$/, 'did $1') ?? hintFor(message!, called));
  }
  return { args: commander.args, values: commander.opts() };
}

/** Reads each value of an option, with what the values before it became. */
function valueIn({ flags, repeat }: OptionSpec): (value: string, before: unknown) => unknown {
  if (repeat === true) return (value, before) => [...((before as string[] | undefined) ?? []), value];
  if (repeat === 'list') return (value, before) => (before === undefined ? value : `${before},${value}`);
  return (value, before) => {
    if (before !== undefined && before !== value) throw givenTwice(longFlag(flags), String(before), value);
    return value;
  };
}

const longFlag = (flags: string): string => /--[\w-]+/.exec(flags)![0];

/** What is right instead of an option that there is not. */
function hintFor(message: string, called: string): string {
  const term = /'-([a-z][\w.-]*:.*)'$/.exec(message)?.[1];
  return term ? `not:${term} finds what is not so` : `${called} --help`;
}
