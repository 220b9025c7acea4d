import { repairRemote } from '../../app/sharing/remote-state.ts';
import { plural } from '../../ui/words.ts';
import { command } from '../command.ts';
import { printJson } from '../output.ts';

export const repair = command({
  summary: 'compare the remote with this machine, and put back what the remote lost',
  effect: 'network',
  args: {},
  examples: ['remote repair --dry-run', 'remote repair --yes'],
  jsonFields: ['url', 'common', 'here', 'there'],
  async run(context) {
    const found = await repairRemote(
      await context.world(),
      context.globals.dir,
      async ({ url, there, here }) => {
        await context.confirm(
          `${url} ends at transaction ${there}. Put back ${plural(here - there, 'transaction')}?`,
        );
      },
    );
    if (await printJson(context, found)) return;
    const lost = found.here - found.common;
    const would = context.globals.dryRun ? 'would put back' : 'put back';
    await context.message(
      lost === 0 ? 'nothing is missing there' : `${would} ${plural(lost, 'transaction')}`,
    );
  },
});
