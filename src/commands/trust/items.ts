/** Runs `crm trust` without an option, with `--show` and with `--revoke`, item by item. */
import { itemsNamed, review, type Reviewed, revokeItems, trustItems } from '../../app/trust/review.ts';
import { usage } from '../../domain/errors.ts';
import { plural } from '../../ui/words.ts';
import type { Context } from '../line/context.ts';
import { formatFor, printThings } from '../printing/output.ts';
import { plainColumn } from '../../ui/thing-column.ts';

/** The most items that are drawn in a box. */
const MOST_BOXED = 50;

const columns = [
  plainColumn<Reviewed>('id', each => each.id),
  plainColumn<Reviewed>('kind', each => each.kind),
  plainColumn<Reviewed>('what', each => each.what),
  plainColumn<Reviewed>('state', each => each.state),
  plainColumn<Reviewed>('since', each => each.since),
];

/** Hooks are asked and told of changes: nothing waits for them. */
const isHook = ({ kind }: Reviewed): boolean => kind === 'commit hook';
const isOpen = ({ state }: Reviewed): boolean => state === 'new' || state === 'changed';

/** Shows what is new and asks for each item. Returns 1 if something stays untrusted. */
export async function trustNew(context: Context): Promise<number> {
  const workspace = await context.workspace();
  const items = await review(workspace);
  const open = items.filter(isOpen);
  const isJson = context.globals.format !== undefined;
  if (open.length > 0 && !isJson) await show(context, open);
  const accepted = context.globals.dryRun ? [] : await askedFor(context, open);
  await trustItems(workspace, accepted);
  if (isJson) await show(context, accepted.length > 0 ? await review(workspace) : items);
  if (open.length === 0) {
    const count = items.filter(({ state }) => state === 'trusted').length;
    await context.message(
      count === 0
        ? 'nothing to trust: this workspace reaches no server and runs no program'
        : `nothing new: ${plural(count, 'item')} trusted on this machine (crm trust --show)`,
    );
    return 0;
  }
  if (context.globals.dryRun) {
    await context.message(`would ask for ${plural(open.length, 'item')}; nothing is trusted by a dry run`);
    return 0;
  }
  const left = open.length - accepted.length;
  if (accepted.length > 0)
    await context.message(
      `trusted ${plural(accepted.length, 'item')} on this machine${accepted.every(isHook) ? '' : '; what was queued before is held (crm message list status:held)'}`,
    );
  if (left > 0) await context.message(`${plural(left, 'item')} not trusted: what needs them stays queued`);
  return left > 0 ? 1 : 0;
}

/** Asks for each item; returns those that the user says yes to. */
async function askedFor(context: Context, open: readonly Reviewed[]): Promise<readonly Reviewed[]> {
  if (open.length === 0 || context.globals.yes) return open;
  if (!context.canAsk()) throw usage('trust these? There is nobody to ask', '--yes trusts all of them');
  const accepted: Reviewed[] = [];
  for (const item of open) if (await context.ask(`trust the ${item.kind} ${item.what}?`)) accepted.push(item);
  return accepted;
}

/** Lists all items with their states. */
export async function showTrust(context: Context): Promise<void> {
  const items = await review(await context.workspace());
  if (items.length === 0 && formatFor(context) === 'table')
    return context.message('nothing to trust: this workspace reaches no server and runs no program');
  await show(context, items);
}

/** Revokes the items that an argument names; all trusted items if there is no argument. */
export async function revokeTrust(context: Context, names: readonly string[]): Promise<void> {
  const workspace = await context.workspace();
  const items = await review(workspace);
  const named = new Set((names.length === 0 ? ['all'] : names).flatMap(name => itemsNamed(items, name)));
  await revokeItems(workspace, [...named]);
  if (context.globals.format !== undefined) return show(context, await review(workspace));
  const would = context.globals.dryRun ? 'would no longer trust' : 'no longer trusted:';
  if (named.size === 0) return context.message('nothing is trusted');
  for (const { kind, what } of named) await context.message(`${would} ${kind} ${what}`);
}

async function show(context: Context, items: readonly Reviewed[]): Promise<void> {
  if (formatFor(context) !== 'table' || context.globals.fields || items.length > MOST_BOXED)
    return printThings(context, items, columns, each => each.id);
  const { drawTrust } = await import('../../screens/trust.ts');
  await drawTrust(context, items, context.deps.env.TERM === 'dumb');
}
