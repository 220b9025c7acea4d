/** Finds the changes that turn one set of records into another. */
import { addition, type Change, setChange } from './changes.ts';
import type { AnyKind } from './kinds.ts';
import { isObject, type Json, type Rec, valueAt } from './records.ts';

/**
 * Returns the changes that turn the records `from` (by id) into the records `to`: additions and sets in the order of
 * `to`, then removals.
 */
export function differences(
  kind: AnyKind,
  from: Pick<ReadonlyMap<string, Rec>, 'get' | 'has'> & Iterable<readonly [string, Rec]>,
  to: ReadonlyMap<string, Rec>,
): Change[] {
  const changes: Change[] = [];
  for (const [id, record] of to) {
    const before = from.get(id);
    const change: Change | undefined = before
      ? setChange(kind, before, valuesOf(before, record))
      : addition(kind, record);
    if (change) changes.push(change);
  }
  for (const [id, record] of from) if (!to.has(id)) changes.push({ kind, id, rm: record });
  return changes;
}

/**
 * Returns the values of `record` for every field that either record has, by path; each custom field has its own path.
 */
function valuesOf(before: Rec, record: Rec): { [path: string]: Json | undefined } {
  const paths = new Set<string>();
  for (const each of [before, record])
    for (const [name, value] of Object.entries(each))
      if (name === 'fields' && isObject(value))
        for (const inner of Object.keys(value)) paths.add(`fields.${inner}`);
      else paths.add(name);
  return Object.fromEntries([...paths].map(path => [path, valueAt(record, path)]));
}
