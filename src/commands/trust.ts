import { trustDirectory } from '../app/core/trust.ts';
import { usage } from '../domain/errors.ts';
import { anyNumber, text } from './args/declare.ts';
import { command } from './line/command.ts';
import { plural } from '../ui/words.ts';
import type { Context } from './line/context.ts';
import { printJson } from './printing/output.ts';

export const trust = command({
  summary: 'trust on this machine what a workspace would do: servers, secrets, programs; each item once',
  effect: 'trust',
  args: { items: anyNumber(text('ITEM', 'which items')) },
  options: [
    { flags: '--directory', description: 'the directory of the workspace, wherever crm meets it' },
    {
      flags: '--sender',
      description: 'this machine sends for the workspace; copies on other machines do not',
    },
    { flags: '--show', description: 'list what is trusted, new or changed, and trust nothing' },
    {
      flags: '--revoke',
      description: 'stop trusting what ITEM names (default: everything); with --directory: the directory',
    },
  ],
  examples: [
    'trust',
    'trust --yes',
    'trust --show',
    'trust --revoke smtp.example.com',
    'trust --sender',
    '-C /srv/crm trust --directory',
  ],
  jsonFields: ['id', 'kind', 'what', 'state', 'since'],
  async run(context, { items }, options) {
    const asked = ['show', 'revoke', 'sender', 'directory'].filter(name => options.flag(name));
    if (asked.length > 1 && !(options.flag('directory') && options.flag('revoke') && asked.length === 2))
      throw usage(`--${asked.join(' and --')} cannot be used together`, 'use one of them');
    if (items.length > 0 && asked.join() !== 'revoke')
      throw usage(
        `nothing is done with ${items.join(' ')}`,
        'crm trust asks for each item; --revoke takes some',
      );
    if (options.flag('sender')) return trustSender(context);
    if (!options.flag('directory')) {
      const { revokeTrust, showTrust, trustNew } = await import('./trust/items.ts');
      if (options.flag('show')) return showTrust(context);
      return options.flag('revoke') ? revokeTrust(context, items) : trustNew(context);
    }
    const isTrusted = !options.flag('revoke');
    const result = await trustDirectory(await context.world(), context.globals.dir, isTrusted);
    const { directory, trusted, changed } = result;
    if (await printJson(context, { directory, trusted })) return;
    const would = context.globals.dryRun && changed ? 'would be ' : '';
    await context.message(
      `${directory} ${would || (changed ? 'is now ' : 'is already ')}${trusted ? 'trusted' : 'not trusted'} on this machine`,
    );
  },
});

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
