/** Typed arrays that are as narrow as the numbers in them: memory that was never touched is what a report pays most for. */
import type { Numbers } from './deal-history.ts';

/** From the narrowest to the widest; the last one holds any number. */
export const widths = [Uint8Array, Int16Array, Int32Array, Float64Array] as const;

/** The least and the greatest integer that each of them holds, but for the last one. */
const bounds = [
  [0, 2 ** 8 - 1],
  [-(2 ** 15), 2 ** 15 - 1],
  [-(2 ** 31), 2 ** 31 - 1],
] as const;

/** Returns an array of `size` zeros that holds the numbers of both. */
export function roomForBoth(one: Numbers, other: Numbers, size: number): Numbers {
  const widthOf = (numbers: Numbers) => widths.findIndex(width => numbers instanceof width);
  return new widths[Math.max(widthOf(one), widthOf(other))]!(size);
}

/** Returns an array of `count` zeros that holds all of some numbers, and no more than it must. */
export function roomFor(numbers: Numbers, count: number): Numbers {
  let [least, greatest, isWhole] = [0, 0, true];
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    if (number < least) least = number;
    else if (number > greatest) greatest = number;
    // Also false of NaN.
    isWhole &&= Number.isInteger(number);
  }
  const width = isWhole ? bounds.findIndex(([from, to]) => least >= from && greatest <= to) : -1;
  return new (widths.at(width)!)(count);
}
