/** The way of commands: a person trusts the program with its arguments, and the bytes of the files that these name. */
import type { Config } from '../../../domain/config.ts';
import { isCommandOf } from '../../../engine/rules/command-lines.ts';
import { commandsOf } from '../../../engine/rules/outward-steps.ts';
import { programEnvironment } from '../../core/program-environment.ts';
import type { TrustItem } from '../../core/trust-item.ts';
import type { Message } from '../message.ts';
import { commandIn } from '../outgoing.ts';
import type { WayDefinition } from '../ways.ts';
import { argvText } from './mail.ts';

export const run: WayDefinition = {
  name: 'run',
  takes: ({ channel }) => channel === 'run',
  needs: (message, config) => [itemOf(ruleOf(message, config))],
  items: config => commandsOf(config).map(itemOf),
  part: ({ to }) => to,
  async open({ config, store, world }) {
    const { runChannel } = await import('../../../channels/run.ts');
    return runChannel({ cwd: store.dir, env: programEnvironment(world.env, config) });
  },
};

/**
 * Returns the command of the rule that queued a message. If no rule of now can have queued it, because the rule was
 * changed or the journal is somebody else's, the queued command itself has to be trusted.
 */
function ruleOf(message: Message, config: Config): readonly string[] {
  const command = commandIn(message);
  return commandsOf(config).find(rule => isCommandOf(rule, command)) ?? command;
}

const itemOf = (argv: readonly string[]): TrustItem => ({
  kind: 'command',
  what: argvText(argv),
  exactly: [...argv],
  argv,
});
