/**
 * Limits the effects of a command line that runs for somebody else: an assistant may read and change records, and
 * nothing else.
 */
import { failed } from '../../domain/errors.ts';
import type { CommandInfo } from './command-info.ts';
import { type Effect, type Outside, outside } from './effect.ts';
import { optionsOf } from './globals.ts';
import { optionName, type Options } from './options.ts';

export interface Within {
  /** What commands may do. */
  readonly effects: readonly Effect[];
  /** Where they run, as refusals say it: `over MCP`. */
  readonly where: string;
  /** Whether they answer in JSON, and all of it, whatever their options say. */
  readonly isJson?: boolean;
}

/** Throws FAILED if a command line that only prints help runs where nothing is read. */
export function requireHelpWithin(within: Within, path: string): void {
  if (!within.effects.includes('reads'))
    throw changesNothing(within, `crm ${path === '' ? '' : `${path} `}--help`);
}

const changesNothing = ({ where }: Within, line: string) =>
  failed(`${line} changes nothing`, `${where}, the tools that read answer that`);

/** Throws FAILED if a command, or one of its given options, does more than it may. */
export function requireWithin(within: Within, path: string, command: CommandInfo, options: Options): void {
  const { effects, where } = within;
  const { effect } = command;
  if (!effects.includes(effect)) {
    if (effect === 'reads') throw changesNothing(within, `crm ${path}`);
    if (effect === 'changes') throw failed(`crm ${path} changes the workspace, and may only read ${where}`);
    requireReach(within, effect, `crm ${path}`);
  }
  for (const option of optionsOf(command))
    if (option.reaches && options.was(optionName(option)))
      requireReach(within, option.reaches, option.flags.replace(/ <.*/, '').split(', ').at(-1)!);
}

/**
 * Throws FAILED if something reaches outside of records and settings without permission; `what` begins the sentence.
 */
export function requireReach(within: Within | undefined, reach: Outside, what: string): void {
  if (!within || within.effects.includes(reach)) return;
  throw failed(
    `${what} is not available ${within.where}: it ${outside[reach]}`,
    'a person does that with crm in a terminal',
  );
}
