import { removeRemote } from '../../app/sharing/remote-state.ts';
import { command } from '../line/command.ts';
import { printJson } from '../printing/output.ts';

export const rm = command({
  summary: 'forget the remote on this machine; the workspace and the remote stay as they are',
  effect: 'network',
  args: {},
  examples: ['remote rm', 'remote rm --yes'],
  jsonFields: ['url'],
  async run(context) {
    await context.confirm(
      'Forget the remote? What is not shared yet becomes a part of this workspace alone.',
    );
    const url = await removeRemote(await context.world(), context.globals.dir);
    if (await printJson(context, { url })) return;
    await context.message(`${context.globals.dryRun ? 'would forget' : 'forgot'} ${url}`);
  },
});
