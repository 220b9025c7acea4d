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
  const bits = numbers instanceof Int32Array ? bitsOf(numbers) : bitsOfAny(numbers);
  if (bits >= 0 && bits < 2 ** 8) return Uint8Array;
  return (bits & ~SIGN) < 2 ** 15 ? Int16Array : Int32Array;
}

/** The bit that says that a number is negative. */
const SIGN = -(2 ** 31);

/**
 * Returns the bits that are set in any of the numbers; of a negative number, those that are not set, and SIGN. Most columns are
 * Int32Arrays, so there is a loop for these alone, which V8 compiles for their type.
 */
function bitsOf(numbers: Int32Array): number {
  let bits = 0;
  for (let i = 0; i < numbers.length; i++) bits |= numbers[i]! < 0 ? ~numbers[i]! | SIGN : numbers[i]!;
  return bits;
}

function bitsOfAny(numbers: Numbers | Int8Array): number {
  let bits = 0;
  for (let i = 0; i < numbers.length; i++) bits |= numbers[i]! < 0 ? ~numbers[i]! | SIGN : numbers[i]!;
  return bits;
}

/** Whether an Int32Array would hold all of some numbers. */
function isOfIntegers(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) if ((numbers[i]! | 0) !== numbers[i]) return false;
  return true;
}
