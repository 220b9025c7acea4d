import { trustDirectory } from '../app/core/trust.ts';
import { usage } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { plural } from '../ui/words.ts';
import type { Context } from './context.ts';
import { printJson } from './output.ts';

export const trust: Command = {
  summary: 'say on this machine what a workspace may do',
  usage: '',
  options: [
    { flags: '--directory', description: 'the directory of the workspace, wherever crm meets it' },
    {
      flags: '--sender',
      description: 'this machine sends for the workspace, and no copy of it on another one does',
    },
    { flags: '--revoke', description: 'with --directory: no longer' },
  ],
  examples: ['trust --sender', '-C /srv/crm trust --directory', '-C /srv/crm trust --directory --revoke'],
  async run(context, _args, options) {
    if (options.flag('sender')) {
      if (options.flag('directory') || options.flag('revoke'))
        throw usage('--sender cannot be used with --directory or --revoke', 'use one of them');
      return trustSender(context);
    }
    if (!options.flag('directory'))
      throw usage('say what is trusted', 'crm trust --sender, or crm trust --directory');
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

async function trustSender(context: Context): Promise<void> {
  const { becomeSender } = await import('../app/outbox/become-sender.ts');
  const { changed, held } = await becomeSender(await context.workspace(), context.via);
  if (await printJson(context, { sender: true, changed, held })) return;
  const would = context.globals.dryRun && changed ? 'would send' : changed ? 'sends' : 'already sends';
  await context.message(`this machine ${would} for this workspace`);
  if (held.length > 0)
    await context.message(
      `held: ${plural(held.length, 'message')} that another machine may have sent; crm message list status:held, crm message release ID`,
    );
}
