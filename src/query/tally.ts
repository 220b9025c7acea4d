/**
 * Adds up what the rows that point to a row say of it: how many open tasks a deal has, when its last contact was. For one
 * row, by its links; for many, in one pass over all rows that point, which costs less than finding the links of each row.
 */
import { memoBy, recentBy } from '../domain/memo.ts';
import type { Narrow } from '../state/table.ts';
import { keepNumbers } from './narrow.ts';
import type { Linked } from './scope.ts';

/** How the rows that point to a row are added up. */
export interface Sums {
  /** Names what is added up, and as of when: sums of the same name and links share one tally. Without it, none is shared. */
  readonly what?: string;
  /** The value of a row to which no row points. */
  readonly none: number;
  readonly parts: readonly Part[];
}

/** Rows that point, and the value after one more of them. */
export interface Part {
  readonly links: Linked;
  add(before: number, row: number): number;
}

/** Returns the value of one row, found by its links. */
export const sumOf =
  ({ none, parts }: Sums) =>
  (row: number): number => {
    let sum = none;
    for (const { links, add } of parts)
      for (let edge = links.first(row); edge >= 0; edge = links.next(edge)) sum = add(sum, links.row(edge));
    return sum;
  };

/** Returns the sums of all rows up to the last one that is pointed to, or a few more. Every later row has the sum `none`. */
export type Tally = () => Float64Array;

/**
 * Returns the values of all rows, made at the first call and at the first call after a change of rows that point. Undefined
 * if the viewer sees only some of these rows.
 */
export function tallyOf(sums: Sums): Tally | undefined {
  const { what, parts } = sums;
  if (parts.some(({ links }) => !links.each)) return undefined;
  if (what === undefined) return newTally(sums);
  return talliesOf(parts[0]!.links)(what, sums);
}

/**
 * The most tallies of the same links that are shared. A live view asks one state as of many instants, and the tallies of each
 * must not fill the memory.
 */
const MOST_SHARED = 32;

/** Returns the shared tallies whose first links these are. */
const talliesOf = memoBy((_: Linked) => recentBy(MOST_SHARED, (_: string, sums: Sums) => newTally(sums)));

function newTally({ none, parts }: Sums): Tally {
  const versionNow = () => parts.reduce((sum, { links }) => sum + links.version!, 0);
  let version = -1;
  let values = new Float64Array(0);
  return () => {
    const now = versionNow();
    if (version === now) return values;
    values = new Float64Array(0);
    for (const { links, add } of parts)
      links.each!((row, target) => {
        if (target >= values.length) values = longer(values, target, none);
        values[target] = add(values[target]!, row);
      });
    version = now;
    return values;
  };
}

/** Returns a narrowing that keeps the rows whose sum passes `holds`; undefined if the viewer sees only some of the rows that point. */
export function bySum(sums: Sums, holds: (value: number) => boolean): Narrow | undefined {
  const tally = tallyOf(sums);
  const isNoneLeft = holds(sums.none);
  return (
    tally &&
    ((among, from) => {
      const values = tally().subarray(from, from + among.length);
      keepNumbers(among.subarray(0, values.length), values, holds);
      if (!isNoneLeft) among.fill(0, values.length);
    })
  );
}

/** How many times longer the array of a tally gets: zeros take memory only once something is written on their page. */
const growthOf = (none: number): number => (none === 0 ? 8 : 2);

/** Returns a copy with room for a row. */
function longer(values: Float64Array, row: number, none: number): Float64Array<ArrayBuffer> {
  const { length } = values;
  const copy = new Float64Array(Math.max(row + 1, growthOf(none) * length, 1024));
  copy.set(values);
  return none === 0 ? copy : copy.fill(none, length);
}
