import { basename, resolve } from 'node:path';
import { usage } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { plural } from '../ui/words.ts';
import { printJson } from './output.ts';
import { remoteOptions, remoteOptionSpecs } from './remote/options.ts';

export const clone: Command = {
  summary: 'make a workspace of what a remote has, and share with it from then on',
  usage: 'URL [DIR]',
  options: remoteOptionSpecs,
  examples: ['clone git+ssh://git@example.com/acme/crm.git', 'clone /srv/crm/sales acme'],
  async run(context, args, options) {
    const [url, dir, ...more] = args;
    if (url === undefined || more.length > 0)
      throw usage(
        'name the remote, and a directory',
        'crm clone git+ssh://git@example.com/acme/crm.git acme',
      );
    const named = dir ?? (basename(url.replace(/[?#].*$/, '')).replace(/\.git$/, '') || 'crm');
    const { cloneRemote } = await import('../app/sharing/clone.ts');
    const cloned = await cloneRemote(
      await context.world(),
      url,
      resolve(context.deps.cwd, named),
      remoteOptions(options),
    );
    if (await printJson(context, cloned)) return;
    await context.message(
      `made ${named} of ${plural(cloned.transactions, 'transaction')} from ${cloned.url}`,
    );
    if (cloned.unleased !== undefined)
      await context.message(`nothing can be added offline: no numbers were leased (${cloned.unleased})`);
    await context.message(
      `next: cd ${named}; ${cloned.offline ? 'crm sync brings in what others did and shares yours' : 'changes are shared at once'}`,
    );
  },
};
