/**
 * The conflicts that a person has to settle after a sync. If several offline changes set one field, this machine wants the
 * last one. So a record has one conflict, from the value that the first change found to the value that the last one set:
 *
 *     here    value 5000 -> 6000    6000 -> 6500          others have 7000:    value 5000 -> 6500, one conflict
 *     here    value 5000 -> 6000    6000 -> 5000          others have 7000:    none, for nothing was changed here in the end
 */
import { type Change, idOf, kindOf, type SetChange, type Transaction } from '../../domain/changes.ts';
import { isNamed } from '../../domain/kinds.ts';
import { type Json, sameJson, valueAt } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';
import { contradictionOf, FOLLOWS } from '../care/contradicting-fields.ts';
import type { RefusedChange } from '../care/replaying.ts';

/**
 * Returns the conflicts that remain of refused changes, one for most records, in the order of their first refused changes.
 * `transactions` are all that were put on top of those of others, and `state` is the result.
 */
export function contradictions(
  refused: readonly RefusedChange[],
  transactions: readonly Transaction[],
  state: State,
): OpenConflict[] {
  const bySeq = new Map(transactions.map(tx => [tx.seq, tx]));
  const byId = new Map<string, RefusedChange[]>();
  for (const each of refused) byId.set(each.id, [...(byId.get(each.id) ?? []), each]);
  return [...byId.values()].flatMap(ofRecord => {
    const steps = ofRecord.map(({ id, why, change, theirs }) => {
      const { by, at, request } = bySeq.get(theirs)!;
      return { id, why, change, by, at, request };
    });
    const first = ofRecord[0]!;
    const later = transactions
      .filter(({ seq }) => seq >= first.theirs)
      .flatMap(({ changes }) => changes.filter(change => idOf(change) === first.id));
    return leftOf(steps, later, state);
  });
}

/** Returns the conflicts that remain of one record's refused changes; `later` are all its changes since the first one. */
function leftOf(steps: readonly OpenConflict[], later: readonly Change[], state: State): OpenConflict[] {
  const last = steps.at(-1)!;
  const all = steps.length > 1 ? { steps } : {};
  const endsOrBegins = later.findLast(change => !('set' in change));
  const removal = steps.findLast(({ change }) => 'rm' in change);
  // The record was restored here after the refused removal, so it stays.
  const left =
    removal && endsOrBegins && 'add' in endsOrBegins ? steps.filter(step => step !== removal) : steps;
  if (left.length < steps.length) return left.length > 0 ? leftOf(left, later, state) : [];
  if (removal) return [{ ...removal, ...all }];
  const sets = steps.flatMap(({ change }) => ('set' in change ? [change] : []));
  if (sets.length < steps.length) return [...steps];
  const change = netOf(sets, later, state);
  if (!change) return [];
  const record = isNamed(change.kind) ? undefined : state.get(change.id);
  if (!record) return [{ ...last, change, ...all }];
  const paths = Object.keys(change.set);
  const theirs = Object.fromEntries(paths.map(path => [path, valueAt(record, path) ?? null]));
  const why = paths.map(path => contradictionOf(path, theirs[path], change.set[path]![1])).join(', ');
  return [{ ...last, why, change, theirs, ...all }];
}

/** Returns the net change of the refused fields, from the first old value to the last new one; undefined if it is empty. */
function netOf(refused: readonly SetChange[], later: readonly Change[], state: State): SetChange | undefined {
  const { kind, id } = refused[0]!;
  const set: Record<string, readonly [Json, Json]> = {};
  for (const change of refused)
    for (const [path, [old]] of Object.entries(change.set)) set[path] ??= [old, null];
  for (const path of Object.keys(set)) {
    const [old] = set[path]!;
    const made = [...refused, ...later].findLast(
      change => 'set' in change && path in change.set,
    ) as SetChange;
    const mine = made.set[path]![1];
    if (sameJson(mine, old) || sameJson(mine, valueIn(state, kindOf(refused[0]!), id, path)))
      delete set[path];
    else set[path] = [old, mine];
  }
  const isLeft = Object.keys(set).some(path => !FOLLOWS.includes(path));
  return isLeft ? { kind, id, set } : undefined;
}

/** Returns the present value of a field, null if empty; undefined if the record is gone. */
function valueIn(state: State, kind: string, id: string, path: string): Json | undefined {
  if (kind === 'file') return (state.named('file').get(id)?.text as string | undefined) ?? null;
  const record = state.get(id);
  return record && (valueAt(record, path) ?? null);
}
