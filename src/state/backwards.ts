/**
 * Takes a state back in time: reads the transactions since then, from the last one to the first, and reverses their
 * changes in one step.
 */
import { addition, type Change, idOf, isPurge, kindOf, setAt, setChange } from '../domain/changes.ts';
import { isNamed, type Kind } from '../domain/kinds.ts';
import type { Json, Rec } from '../domain/records.ts';
import type { State } from './state.ts';

/** The former values of a record, as far as the later changes tell them. */
interface Before {
  /** The whole record, if it was removed since; null if it did not exist. */
  readonly record: Rec | null | undefined;
  /** The record as it was added since, if it did not exist. */
  readonly added?: Rec;
  /** Former values by path: they replace those of `record`, or of the present record. */
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
    // The base of a state may contain the transactions that are reversed, so their reversal gets a later number.
    const seq = state.seq + 1;
    for (const [id, { record, added, fields }] of this.#before) {
      const kind = state.kinds.kindOf(id);
      const past = pastOf(id);
      // A deal that existed then was not added later: an import told only afterwards that the deal was made before.
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

/** Restores a record in a state. */
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
