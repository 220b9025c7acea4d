import { basename, resolve } from 'node:path';
import { file, optional, text } from './args/declare.ts';
import { command } from './line/command.ts';
import { plural } from '../ui/words.ts';
import { printJson } from './printing/output.ts';
import { remoteOptions, remoteOptionSpecs } from './remote/options.ts';

export const clone = command({
  summary: 'make a workspace from a remote, and share changes with it from then on',
  effect: 'network',
  needsNoWorkspace: true,
  args: {
    url: text('URL', 'which remote', { example: 'git+ssh://git@example.com/acme/crm.git' }),
    dir: optional(file({ label: 'DIR', asks: 'into which directory' })),
  },
  options: remoteOptionSpecs,
  examples: ['clone git+ssh://git@example.com/acme/crm.git', 'clone /srv/crm/sales acme'],
  jsonFields: ['dir', 'url', 'transactions', 'offline', 'unleased'],
  async run(context, { url, dir }, options) {
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
});
