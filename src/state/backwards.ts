/** Takes a state back in time: what transactions changed since, read from the last one to the first, is undone at once. */
import { addition, type Change, idOf, isPurge, kindOf, setAt, setChange } from '../domain/changes.ts';
import { isNamed, type Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { State } from './state.ts';

/** What a record was like, as far as the changes since say it. */
interface Before {
  /** What it was as a whole, if it was removed since; null if it was not there. */
  readonly record: Rec | null | undefined;
  /** What it was added as since, if it was not there. */
  readonly added?: Rec;
  /** What fields were, by path: on top of `record`, or of what the record is. */
  readonly fields: Map<string, Json>;
}

export class Backwards {
  readonly #before = new Map<string, Before>();

  /** Takes in the transaction before those that it knows. */
  take(changes: readonly Change[]): void {
    for (let i = changes.length - 1; i >= 0; i--) {
      const change = changes[i]!;
      // The settings stay those of today, and nothing brings back what was purged.
      if (!isNamed(kindOf(change)) && !isPurge(change)) this.#takeOne(change);
    }
  }

  #takeOne(change: Change): void {
    const id = idOf(change);
    if ('add' in change) this.#before.set(id, { record: null, added: change.add, fields: new Map() });
    if ('rm' in change) this.#before.set(id, { record: change.rm, fields: new Map() });
    if (!('set' in change)) return;
    let before = this.#before.get(id);
    if (!before) this.#before.set(id, (before = { record: undefined, fields: new Map() }));
    for (const path in change.set) before.fields.set(path, change.set[path]![0]);
  }

  /**
   * Applies the changes backwards to a state as of the last of the transactions, which has the deals of then already.
   * `pastOf` returns a deal as the past has it: null if it did not exist; undefined for another record.
   */
  apply(
    state: State,
    at: string,
    pastOf: (id: string) => { readonly [path: string]: Json } | null | undefined,
  ): void {
    // What a state is made of may have the transactions that are undone: what undoes them comes after these.
    const seq = state.seq + 1;
    for (const [id, { record, added, fields }] of this.#before) {
      const kind = state.kinds.kindOf(id);
      const past = pastOf(id);
      // A deal that was there then was not added later: an import said only now that it was made before.
      const whole = past && !record ? added : record;
      if (past === null) continue;
      for (const [path, value] of Object.entries(past ?? {})) fields.set(path, value);
      if (whole) put(state, kind, withFields(whole, fields), at, seq);
      else if (!state.has(id)) continue;
      else if (record === null) state.apply({ kind, id, rm: { id } }, at, seq);
      else state.apply({ kind, id, set: pairs(fields) }, at, seq);
    }
  }
}

/** Puts a record in a state as it was. */
function put(state: State, kind: Kind, wanted: Rec, at: string, seq: number): void {
  const now = state.get(wanted.id);
  if (!now) {
    state.apply(addition(kind, wanted), at, seq);
    return;
  }
  const names = new Set([...Object.keys(now), ...Object.keys(wanted)]);
  const change = setChange(kind, now, Object.fromEntries([...names].map(name => [name, wanted[name]])));
  if (change) state.apply(change, at, seq);
}

const pairs = (fields: ReadonlyMap<string, Json>): { [path: string]: readonly [Json, Json] } =>
  Object.fromEntries([...fields].map(([path, value]) => [path, [null, value]]));

function withFields(record: Rec, fields: ReadonlyMap<string, Json>): Rec {
  const made: Record<string, Json | undefined> = { ...record };
  for (const [path, value] of fields) setAt(made, path, value);
  return made as unknown as Rec;
}
