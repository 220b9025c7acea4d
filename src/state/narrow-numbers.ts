/** Makes typed arrays as narrow as their numbers: touching new memory is the largest cost of a report. */
import type { Numbers } from './deal-history.ts';

/** From the narrowest to the widest; the last one holds any number. */
export const widths = [Uint8Array, Int16Array, Int32Array, Float64Array] as const;

/** Returns an array of `size` zeros that can hold the numbers of both arrays. */
export function roomForBoth(one: Numbers, other: Numbers, size: number): Numbers {
  const widthOf = (numbers: Numbers) => widths.findIndex(width => numbers instanceof width);
  return new widths[Math.max(widthOf(one), widthOf(other))]!(size);
}

/** Returns the narrowest array of `count` zeros that can hold some numbers. */
export const roomFor = (numbers: Numbers, count: number): Numbers => new (widthOf(numbers))(count);

function widthOf(numbers: Numbers): (typeof widths)[number] {
  if (numbers instanceof Float64Array && !isOfIntegers(numbers)) return Float64Array;
  // The bits that are set in any of the numbers: the sign, and those of the greatest number.
  let bits = 0;
  let isNegative = false;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    isNegative ||= number < 0;
    bits |= number < 0 ? ~number : number;
  }
  if (bits < 2 ** 8 && !isNegative) return Uint8Array;
  return bits < 2 ** 15 ? Int16Array : Int32Array;
}

/** Whether an Int32Array would hold all of some numbers. */
function isOfIntegers(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) if ((numbers[i]! | 0) !== numbers[i]) return false;
  return true;
}
