import { status as statusOf } from '../app/reading/status.ts';
import type { Command } from './command.ts';
import { formatFor, plainColumn, printJson, printThings } from './output.ts';

export const status: Command = {
  summary: 'show how the workspace stands: deals, what waits, and what the last sweep has not seen',
  usage: '',
  examples: ['status', 'status --json'],
  async run(context) {
    const workspace = await context.workspace();
    const view = await workspace.view();
    const { workspace: name, ...standing } = statusOf(view);
    const now = { workspace: name, dir: workspace.store.dir, ...standing };
    if (await printJson(context, now)) return;
    if (formatFor(context) !== 'table') {
      const all = [...flat(now)];
      await printThings(
        context,
        all,
        [plainColumn('name', ([key]) => key), plainColumn('value', ([, value]) => value)],
        ([key]) => key,
      );
      return;
    }
    const { drawStatus } = await import('../screens/status.ts');
    await drawStatus(context, view, now);
  },
};

/** What is in an object, each by its path: `deals.open.count`. */
function* flat(value: object, path = ''): Iterable<[string, unknown]> {
  for (const [key, own] of Object.entries(value) as [string, unknown][])
    if (typeof own === 'object' && own !== null) yield* flat(own, `${path}${key}.`);
    else yield [path + key, own];
}
