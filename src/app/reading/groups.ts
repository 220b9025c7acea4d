/**
 * Rows by group, of which a few are shown and all are counted. Showing twenty of many must not require sorting, or
 * even collecting, the rest.
 */
import type { NumberColumn } from '../../state/columns/column.ts';
import type { Block } from '../../state/table.ts';
import { countKeys, keyed, type Keys } from './keys.ts';

/** Rows are ordered by rank, the lowest first; within a rank by worth, the greatest first; then by id. */
export interface Order {
  /** A whole number, at most `LAST`. */
  rank(row: number): number;
  readonly worth: NumberColumn;
  /** The number of rows, whether or not they are in a group. */
  readonly rows: number;
  /** The number of an id; set only if rows do not come in that order. */
  readonly number: ((row: number) => number) | undefined;
}

/** Ranks are small numbers, of which V8 makes no garbage. */
export const LAST = 2 ** 31 - 1;

/** How many rows each group has. */
export function countGroups(blocks: Iterable<Block>, groups: Keys): Int32Array {
  const counts = new Int32Array(groups.size + 1);
  for (const { keys } of keyed(blocks, groups)) countKeys(keys, counts);
  return counts.subarray(0, groups.size);
}

/** The first question about one group finds the first rows of all groups. */
export function firstOfGroups(
  blocks: Iterable<Block>,
  groups: Keys,
  order: Order,
): (group: number, most?: number) => readonly number[] {
  let known: { readonly most: number; readonly first: readonly (readonly number[])[] } | undefined;
  return (group, most = Number.POSITIVE_INFINITY) => {
    if (most === 0) return [];
    if (known?.most !== most) known = { most, first: firstOfEach(blocks, groups, order, most).first };
    return known.first[group]!;
  };
}

/** Returns the first `most` rows of each group, and how many rows it has. `most` is at least 1. */
export function firstOfEach(
  blocks: Iterable<Block>,
  groups: Keys,
  { rank, worth, rows, number }: Order,
  most: number,
): { readonly first: number[][]; readonly counts: Int32Array } {
  const first: number[][] = Array.from({ length: groups.size }, () => []);
  const counts = new Int32Array(groups.size + 1);
  // The worth of rows that were met, by row: pages that nothing is written to are never made resident.
  const known = new Float64Array(rows);
  const order = (a: number, b: number) =>
    rank(a) - rank(b) || known[b]! - known[a]! || (number ? number(a) - number(b) : a - b);
  // The number of a group's rows after which only rows that come before the last of them matter.
  const lastRank = new Int32Array(groups.size).fill(LAST);
  const lastWorth = new Float64Array(groups.size).fill(Number.NEGATIVE_INFINITY);
  for (const { keys, from } of keyed(blocks, groups)) {
    countKeys(keys, counts);
    const part = worth.part(from, keys.length);
    for (let i = 0; i < keys.length; i++) {
      const group = keys[i]!;
      const met = first[group];
      if (met === undefined) continue;
      const row = from + i;
      const its = rank(row);
      if (its > lastRank[group]!) continue;
      if (its === lastRank[group]!) {
        // If rows come in order of ids, a row of the same worth belongs after the last one.
        if (number ? part[i]! < lastWorth[group]! : part[i]! <= lastWorth[group]!) continue;
      }
      known[row] = part[i]!;
      met.push(row);
      if (met.length < 2 * most) continue;
      met.sort(order).length = most;
      const last = met[most - 1]!;
      lastRank[group] = rank(last);
      lastWorth[group] = known[last]!;
    }
  }
  for (const met of first) if (met.sort(order).length > most) met.length = most;
  return { first, counts };
}
