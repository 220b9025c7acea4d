/** Names of records in sentences: scripts that read them see ids, and people on a terminal see names beside them. */
import { nameOf } from '../app/reading/said.ts';
import { View } from '../app/core/view.ts';
import type { State } from '../state/state.ts';
import { shorten } from '../ui/width.ts';
import type { Context } from './context.ts';

/** How many cells a name takes at most in a sentence. */
const NAME = 40;

/** Returns how a sentence calls a record of a state: `D1 (40 chairs)` where stderr is a terminal, else `D1`. */
export async function namingIn(context: Context, state: State): Promise<(id: string) => string> {
  if (!context.streams.stderr.isTTY) return id => id;
  const workspace = await context.workspace();
  const view = new View(state, workspace.viewer, workspace.clock);
  return id => {
    const name = nameOf(view, id).replace(/ \(in the trash\)$/, '');
    return name === id ? id : `${id} (${shorten(name, NAME)})`;
  };
}
