/** Queued messages that have not left yet, by channel. */
import { compileText } from '../../query/compile.ts';
import type { CodeColumn } from '../../state/columns/column.ts';
import type { View } from '../core/view.ts';

/** Counts the queued messages that the viewer may see, by channel, in the order of the first of each. */
export function waitingToLeave(view: View): ReadonlyMap<string, number> {
  const table = view.state.table('message');
  const counts = new Map<string, number>();
  if (table.rows === 0) return counts;
  const channel = table.column('channel') as CodeColumn;
  for (const row of view.rows(compileText('status:queued', 'message', view.state.config))) {
    const name = channel.words[channel.get(row)]!;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
