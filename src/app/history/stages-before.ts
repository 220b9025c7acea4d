/** Since when a deal was in its stage before it was moved: an undo restores that, and rules compare with it. */
import { type Change, idOf, type Transaction } from '../../domain/changes.ts';
import type { Deal } from '../../domain/records.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';

/** Returns since when each deal was in the stage from which these changes, of transaction `tx`, moved it; by id. */
export async function stagesBefore(
  journal: Journal,
  tx: Pick<Transaction, 'seq'>,
  changes: readonly Change[],
): Promise<Map<string, string>> {
  const wanted = new Set(changes.flatMap(change => ('set' in change && change.set.stage ? [change.id] : [])));
  const since = new Map<string, string>();
  if (wanted.size === 0) return since;
  // One deal is looked for in the bytes of the journal: an import of 100,000 deals takes two seconds to be parsed.
  const earlier = wanted.size === 1 ? journal.mentions(wanted) : backwards(journal, tx.seq - 1);
  for await (const before of earlier) {
    if (before.seq >= tx.seq) continue;
    for (const change of before.changes) {
      const id = idOf(change);
      if (!wanted.has(id)) continue;
      if ('add' in change)
        since.set(id, (change.add as Deal).stageSince ?? change.add.createdAt ?? before.at);
      else if ('set' in change && (change.set.stage ?? change.set.stageSince))
        since.set(id, (change.set.stageSince?.[1] as string | undefined) ?? before.at);
      else continue;
      wanted.delete(id);
    }
    if (wanted.size === 0) break;
  }
  return since;
}
