import { trustDirectory } from '../app/core/trust.ts';
import { usage } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { printJson } from './output.ts';

export const trust: Command = {
  summary: 'say on this machine that a workspace of another user may be used',
  usage: '',
  options: [
    { flags: '--directory', description: 'the directory of the workspace, wherever crm meets it' },
    { flags: '--revoke', description: 'no longer' },
  ],
  examples: ['-C /srv/crm trust --directory', '-C /srv/crm trust --directory --revoke'],
  async run(context, _args, options) {
    if (!options.flag('directory')) throw usage('trust what?', 'crm trust --directory');
    const isTrusted = !options.flag('revoke');
    const result = await trustDirectory(await context.world(), context.globals.dir, isTrusted);
    const { directory, trusted, changed } = result;
    if (await printJson(context, { directory, trusted })) return;
    const would = context.globals.dryRun && changed ? 'would be ' : '';
    await context.message(
      `${directory} ${would || (changed ? 'is now ' : 'is already ')}${trusted ? 'trusted' : 'not trusted'} on this machine`,
    );
  },
};
