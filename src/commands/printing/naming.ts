/** Names records in sentences: scripts get ids, and people on a terminal see names beside them. */
import { nameOf } from '../../app/reading/said.ts';
import { View } from '../../app/core/view.ts';
import type { State } from '../../state/state.ts';
import { shorten } from '../../ui/width.ts';
import type { Context } from '../line/context.ts';

/** The most cells that a name takes in a sentence. */
const NAME = 40;

/** Returns a record's name in a sentence: `D1 (40 chairs)` if stderr is a terminal, else `D1`. */
export async function namingIn(context: Context, state: State): Promise<(id: string) => string> {
  if (!context.streams.stderr.isTTY) return id => id;
  const workspace = await context.workspace();
  const view = new View(state, workspace.viewer, workspace.clock);
  return id => {
    const name = nameOf(view, id).replace(/ \(in the trash\)$/, '');
    return name === id ? id : `${id} (${shorten(name, NAME)})`;
  };
}
