import { text } from '../args/declare.ts';
import { command } from '../line/command.ts';
import { plural } from '../../ui/words.ts';
import { printJson } from '../printing/output.ts';
import { remoteOptions, remoteOptionSpecs } from './options.ts';

export const add = command({
  summary: 'share the workspace: give a remote all of it, and note it on this machine',
  effect: 'network',
  args: { url: text('URL', 'which remote', { example: 'git+ssh://git@example.com/acme/crm.git' }) },
  options: remoteOptionSpecs,
  examples: [
    'remote add git+ssh://git@example.com/acme/crm.git',
    'remote add /srv/crm/sales',
    'remote add git+file:///srv/git/crm.git --ref refs/heads/crm',
  ],
  jsonFields: ['url', 'offline', 'uploaded'],
  async run(context, { url }, options) {
    const { addRemote } = await import('../../app/sharing/add-remote.ts');
    const added = await addRemote(await context.world(), context.globals.dir, url, remoteOptions(options));
    if (await printJson(context, added)) return;
    const would = context.globals.dryRun ? 'would share' : 'shared';
    await context.message(`${would} ${plural(added.uploaded, 'transaction')} with ${added.url}`);
    await context.message(
      added.offline
        ? 'changes wait on this machine until crm sync; on another machine: crm clone URL DIR'
        : 'changes are shared at once; --offline leaves them for crm sync. On another machine: crm clone URL DIR',
    );
    await context.message('whoever can read the remote can read the whole workspace: crm help remotes');
  },
});
