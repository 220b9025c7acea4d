/** The history: all changes with their user, time and reason, read from the journal, newest first. */
import { type Change, idOf, kindOf, type Why } from '../../domain/changes.ts';
import type { Json } from '../../domain/records.ts';
import { backwards, type Journal } from '../../store/journal/journal.ts';
import type { Mention } from '../../store/journal/mentions.ts';
import type { View } from '../core/view.ts';
import { seenChange } from '../core/seen-changes.ts';

export interface HistoryChange {
  readonly kind: string;
  readonly id: string;
  readonly op: 'add' | 'set' | 'rm';
  /** Each field, `[old, new]`; of an added or removed record, its fields. */
  readonly set: { readonly [path: string]: readonly [Json, Json] };
  /** Its own reason, if the changes of the transaction do not share one. */
  readonly why?: Why;
}

export interface HistoryEntry {
  readonly tx: number;
  readonly at: string;
  readonly by: string;
  readonly via: string;
  /** The reason that all its changes share, or the transaction that an undo took back. */
  readonly why: Why | { readonly undoes: number } | null;
  readonly changes: readonly HistoryChange[];
}

/**
 * Yields the entries about some records (or files, by their paths), or all entries, without anything hidden from the
 * viewer.
 */
export async function* history(
  journal: Journal,
  view: View,
  ids: ReadonlySet<string> | undefined,
): AsyncGenerator<HistoryEntry> {
  for await (const tx of ids ? journal.about(ids) : backwards(journal)) {
    const entry = entryOf(view, tx, ids);
    if (entry) yield entry;
  }
}

/** Returns the changes of a transaction to some records, or to all; undefined if the viewer sees none of them. */
export function entryOf(
  view: View,
  tx: Mention,
  ids: ReadonlySet<string> | undefined,
): HistoryEntry | undefined {
  const changes = tx.changes
    .filter(change => ids?.has(idOf(change)) ?? true)
    .flatMap(change => seenChange(view, change) ?? [])
    .map(historyChange)
    .filter(({ op, set }) => op !== 'set' || Object.keys(set).length > 0);
  if (changes.length === 0) return undefined;
  const { seq, at, by, via, undoes } = tx;
  const shared = sharedWhy(changes);
  return {
    tx: seq,
    at,
    by,
    via,
    why: undoes === undefined ? shared : { undoes },
    changes: shared ? changes.map(({ why: _, ...change }) => change) : changes,
  };
}

/** Returns a change as the history shows it. */
export function historyChange(change: Change): HistoryChange {
  const why = change.why && Object.keys(change.why).length > 0 && { why: change.why };
  if ('set' in change)
    return { kind: change.kind, id: change.id, op: 'set', set: visible(change.set), ...why };
  const record = 'add' in change ? change.add : change.rm;
  const pairs = Object.entries(record).flatMap(([field, value]): [string, [Json, Json]][] =>
    field === 'id' || value === undefined ? [] : [[field, 'add' in change ? [null, value] : [value, null]]],
  );
  return {
    kind: kindOf(change),
    id: record.id,
    op: 'add' in change ? 'add' : 'rm',
    set: visible(Object.fromEntries(pairs)),
    ...why,
  };
}

/** The hold of a move by hand is internal to the engine. */
function visible<T>(set: { readonly [path: string]: T }): { readonly [path: string]: T } {
  if (!('held' in set)) return set;
  const { held: _, ...rest } = set;
  return rest;
}

function sharedWhy(changes: readonly HistoryChange[]): Why | null {
  const [first, ...others] = changes.map(change => JSON.stringify(change.why ?? null));
  return others.every(other => other === first) ? (changes[0]!.why ?? null) : null;
}
