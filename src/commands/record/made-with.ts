/** Contacts and accounts that a command made because no record had the name: a name that is misspelt makes one too. */
import { type Near, nearExisting } from '../../app/records/near-names.ts';
import type { Committed } from '../../app/core/commit.ts';
import { View } from '../../app/core/view.ts';
import { type Change, idOf, kindOf } from '../../domain/changes.ts';
import { definitionOf } from '../../kinds/define.ts';
import { isNamed, type Kind } from '../../domain/kinds.ts';
import type { Draft } from '../../state/draft.ts';
import type { State } from '../../state/state.ts';
import type { Context } from '../context.ts';

interface Made {
  readonly id: string;
  readonly kind: 'account' | 'contact';
  readonly text: string;
  readonly near: Near;
}

/** Asks, if somebody can be asked, before a record is made whose name resembles that of another one. */
export async function askOfMade(context: Context, kind: Kind, draft: Draft): Promise<void> {
  if (context.globals.dryRun || context.globals.yes || !(await context.canAsk())) return;
  for (const { kind: its, text, near } of await madeNear(context, kind, draft.state, draft.changes))
    await context.confirm(
      `There is no ${its} ${JSON.stringify(text)}, and ${JSON.stringify(near.name)} (${near.id}) is almost it. Make a new ${its}?`,
    );
}

/** Says which records were made whose names resemble those of others. */
export async function reportMade(
  context: Context,
  kind: Kind,
  { state, changes }: Committed<unknown>,
): Promise<void> {
  if (context.globals.dryRun) return;
  for (const { id, kind: its, text, near } of await madeNear(context, kind, state, changes))
    await context.message(
      `made the ${its} ${id} ${JSON.stringify(text)}; the nearest that existed is ${JSON.stringify(near.name)} (${near.id})`,
    );
}

/** Finds the contacts and accounts that were made beside a record of a kind and resemble one that the viewer sees. */
async function madeNear(
  context: Context,
  kind: Kind,
  state: State,
  changes: readonly Change[],
): Promise<Made[]> {
  const made = changes.flatMap(change => {
    const its = kindOf(change);
    if (!('add' in change) || isNamed(its) || its === kind) return [];
    const { knownBy } = definitionOf(state.kinds, its);
    const text = knownBy && change.add[knownBy];
    return typeof text === 'string'
      ? [{ id: idOf(change), kind: its as 'account' | 'contact', text } as const]
      : [];
  });
  if (made.length === 0) return [];
  const workspace = await context.workspace();
  const view = new View(state, workspace.viewer, workspace.clock);
  const isNew = (id: string) => made.some(each => each.id === id);
  return made.flatMap(each => {
    const near = nearExisting(view, each.kind, each.text, isNew);
    return near ? [{ ...each, near }] : [];
  });
}
