/** Makes typed arrays as narrow as their numbers: touching new memory is the largest cost of a report. */
import type { Numbers } from './deal-history.ts';

/** From the narrowest to the widest; the last one holds any number. */
export const widths = [Uint8Array, Int16Array, Int32Array, Float64Array] as const;

export type Width = (typeof widths)[number];

/** Returns the wider of two types of arrays: a given one, and the type of some numbers. */
export const wider = (width: Width, numbers: Numbers): Width =>
  widths[
    Math.max(
      widths.indexOf(width),
      widths.findIndex(each => numbers instanceof each),
    )
  ]!;

/** Returns the type of the narrowest array that can hold some numbers. */
export function narrowest(numbers: Numbers | Int8Array): Width {
  if (numbers instanceof Uint8Array) return Uint8Array;
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
