import { commitHookItem, hookNames, hooksIn, purposeOf } from '../../app/hooks/hook-files.ts';
import { plainColumn } from '../../ui/thing-column.ts';
import { command } from '../line/command.ts';
import { printThings } from '../printing/output.ts';

interface Listed {
  readonly name: string;
  /** The state of the hook's trust item, or `none` if the workspace has no such file. */
  readonly state: string;
  readonly purpose: string;
}

export const list = command({
  summary: 'list the hooks: which the workspace has, and whether this machine runs them',
  effect: 'reads',
  args: {},
  examples: ['hook list', 'hook list --json'],
  jsonFields: ['name', 'state', 'purpose'],
  async run(context) {
    const workspace = await context.workspace();
    const { review } = await import('../../app/trust/review.ts');
    const items = await review(workspace);
    const present = hooksIn(workspace.world.io, workspace.store.dir);
    const stateOf = (name: (typeof hookNames)[number]) => {
      const { kind, what } = commitHookItem(name);
      const isIts = (item: (typeof items)[number]) => item.kind === kind && item.what === what;
      return present.includes(name)
        ? items.find(item => isIts(item) && item.state !== 'unused')!.state
        : 'none';
    };
    const hooks = hookNames.map((name): Listed => ({ name, state: stateOf(name), purpose: purposeOf(name) }));
    await printThings(
      context,
      hooks,
      [
        plainColumn<Listed>('name', each => each.name),
        plainColumn<Listed>('state', each => each.state),
        plainColumn<Listed>('purpose', each => each.purpose),
      ],
      each => each.name,
    );
    if (hooks.some(({ state }) => state === 'new' || state === 'changed'))
      await context.message('a hook that is new or changed does not run: crm trust');
  },
});
