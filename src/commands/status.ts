import { command } from './line/command.ts';
import type { Context } from './line/context.ts';
import { formatFor, printJson, printThings } from './printing/output.ts';
import { sumsCachesOf } from './sums-caches.ts';
import { plainColumn } from '../ui/thing-column.ts';

export const status = command({
  summary: 'the morning page: what is due, rotting or new, this month, and what waits or failed',
  effect: 'reads',
  args: {},
  options: [
    {
      flags: '--prompt',
      description: 'one short line for a shell prompt, or nothing: 2 overdue, 1 today, 1 new, 1 failed',
    },
  ],
  examples: [
    'status',
    'status --json',
    'status --prompt',
    "crm: PS1='$(crm status --prompt 2>/dev/null)\\$ '                                 # ~/.bashrc",
    "crm: setopt prompt_subst; RPROMPT='$(crm status --prompt 2>/dev/null)'            # ~/.zshrc",
    'crm: function fish_right_prompt; crm status --prompt 2>/dev/null; end             # ~/.config/fish/config.fish',
  ],
  jsonFields: [
    'workspace',
    'dir',
    'user',
    'role',
    'deals',
    'tasks',
    'assigned',
    'month',
    'enrolments',
    'inbox',
    'messages',
    'transactions',
    'sweep',
    'outbox',
    'remote',
  ],
  async run(context, _args, options) {
    if (!options.flag('prompt')) return printStatus(context);
    const { printPrompt } = await import('./status-prompt.ts');
    return printPrompt(context);
  },
});

async function printStatus(context: Context): Promise<void> {
  const { status: statusOf } = await import('../app/reading/status.ts');
  const workspace = await context.workspace();
  const { store } = workspace;
  const opened = await workspace.open();
  const view = await workspace.view(opened);
  const caches = sumsCachesOf(workspace, opened);
  const { workspace: name, ...standing } = await statusOf(view, store.journal, caches);
  const untrusted =
    (standing.messages.queued ?? 0) === 0
      ? 0
      : await (await import('../app/outbox/untrusted.ts')).countUntrusted(workspace, view);
  const remote = (await workspace.store.replica())
    ? await (await import('../app/sharing/remote-state.ts')).remoteState(
        workspace.world,
        workspace.store.dir,
        false,
      )
    : undefined;
  const now = {
    workspace: name,
    dir: workspace.store.dir,
    ...standing,
    outbox: { untrusted },
    ...(remote && { remote }),
  };
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
}

/** What is in an object, each by its path: `deals.open.count`. */
function* flat(value: object, path = ''): Iterable<[string, unknown]> {
  for (const [key, own] of Object.entries(value) as [string, unknown][])
    if (typeof own === 'object' && own !== null) yield* flat(own, `${path}${key}.`);
    else yield [path + key, own];
}
