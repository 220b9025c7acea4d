/**
 * Lets commander read the options after a command that `plain-options.ts` leaves to it. Commander sees the options only; which
 * words with a dash are arguments is for the arguments to say: `-5` of a score, `-vip` of tags.
 */
import { Command as Commander, CommanderError } from 'commander';
import { usage } from '../../domain/errors.ts';
import type { CommandInfo } from './command-info.ts';
import { optionsOf } from './globals.ts';
import { partition, type Split, takesValue, valueIn } from './plain-options.ts';

/** `called` is the command as errors name it: `crm deal move`. Throws USAGE. */
export function splitOptions(called: string, command: CommandInfo, words: readonly string[]): Split {
  const specs = optionsOf(command);
  const { args, options } = partition(command, specs, words);
  if (options.length === 0) return { args, values: {} };
  const commander = new Commander(called)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false);
  for (const spec of specs)
    if (takesValue(spec)) commander.option(spec.flags, spec.description, valueIn(spec));
    else commander.option(spec.flags, spec.description);
  try {
    commander.parse(options, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const [message, hint] = error.message.replace(/^error: /, '').split('\n');
    throw usage(message!, hint?.replace(/^\(Did (.*)\)$/, 'did $1') ?? hintFor(message!, called));
  }
  return { args, values: commander.opts() };
}

/** Suggests what to use instead of an option that does not exist. */
function hintFor(message: string, called: string): string {
  const term = /'-([a-z][\w.-]*:.*)'$/.exec(message)?.[1];
  return term ? `not:${term} finds what is not so` : `${called} --help`;
}
