/**
 * What a person has to settle after a sync. Of several changes that were made offline to one field, the last is what this
 * machine wants; so one record has one conflict, from what the first of them found to what the last one made:
 *
 *     here    value 5000 -> 6000    6000 -> 6500          others have 7000:    value 5000 -> 6500, one conflict
 *     here    value 5000 -> 6000    6000 -> 5000          others have 7000:    none, for nothing was changed here in the end
 */
import { type Change, idOf, kindOf, type SetChange, type Transaction } from '../../domain/changes.ts';
import { isNamed } from '../../domain/kinds.ts';
import { type Json, sameJson, valueAt } from '../../domain/records.ts';
import type { State } from '../../state/state.ts';
import type { OpenConflict } from '../../store/remotes/conflict-list.ts';
import { contradictionOf, FOLLOWS, type RefusedChange } from '../care/replaying.ts';

/**
 * Returns what is left to settle of changes that were refused, in order of the records' first ones. `transactions` are all
 * that were put on top of what others did, and `state` is what has come of that.
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

/** What is left of the refused changes of one record; `later` are all changes of it since the first of them. */
function leftOf(steps: readonly OpenConflict[], later: readonly Change[], state: State): OpenConflict[] {
  const last = steps.at(-1)!;
  const all = steps.length > 1 ? { steps } : {};
  const endsOrBegins = later.findLast(change => !('set' in change));
  const removal = steps.findLast(({ change }) => 'rm' in change);
  // It was brought back here, and so it stays.
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

/** From what the first change of each refused field found to what the last one made; undefined if nothing is left of that. */
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

/** What a field has now; undefined if the record is gone, which no value is. */
function valueIn(state: State, kind: string, id: string, path: string): Json | undefined {
  if (kind === 'file') return (state.named('file').get(id)?.text as string | undefined) ?? null;
  const record = state.get(id);
  return record && (valueAt(record, path) ?? null);
}
