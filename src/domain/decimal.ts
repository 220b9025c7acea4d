/** Decimal numbers as texts: whether a double holds one exactly, and how one is written without an exponent. */
import { usage } from './errors.ts';

/** A decimal without leading and trailing zeros: its value is 0.DIGITS times ten to the power of `exponent`. */
interface Normal {
  readonly negative: boolean;
  /** Begins and ends with another digit than 0; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

function normalOf(text: string): Normal | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, exponent: 0 };
  const leading = whole.length + fraction.length - all.length;
  return { negative: sign === '-', digits, exponent: Number(exponent) + whole.length - leading };
}

/** The most characters of a number whose digits a double always keeps. */
const EXACT = 15;
const PLAIN = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Returns the number of a text (`12`, `-3.50`, `1e3`), if JavaScript prints that number as the same decimal;
 * undefined if the text is not a decimal, or has more digits than a double keeps.
 */
export function exactNumber(text: string): number | undefined {
  // No two decimals of at most 15 digits are the same double, so JavaScript prints each as it was. `+ 0` makes 0 of -0.
  if (text.length <= EXACT && PLAIN.test(text)) return Number(text) + 0;
  const said = normalOf(text);
  if (!said) return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  const kept = normalOf(String(number))!;
  const same =
    kept.digits === said.digits && kept.exponent === said.exponent && kept.negative === said.negative;
  return same ? number + 0 : undefined;
}

/** Whether a text is a decimal that a double would round. */
export const isRounded = (text: string): boolean => DECIMAL.test(text) && exactNumber(text) === undefined;

/** Compares two decimals by value, to the last digit: negative, 0 or positive. NaN if one is not a decimal. */
export function compareDecimals(a: string, b: string): number {
  const [x, y] = [normalOf(a), normalOf(b)];
  if (!x || !y) return Number.NaN;
  if (x.negative !== y.negative) return x.negative ? -1 : 1;
  const sign = x.negative ? -1 : 1;
  if (x.digits === '' || y.digits === '') return sign * (x.digits.length - y.digits.length);
  if (x.exponent !== y.exponent) return sign * (x.exponent - y.exponent);
  return x.digits === y.digits ? 0 : x.digits < y.digits ? -sign : sign;
}

/**
 * Writes a number without an exponent: `1e21` becomes 1000000000000000000000. A number that is not finite is written
 * as JavaScript does.
 */
export function plainDecimal(number: number): string {
  const text = String(number);
  if (!text.includes('e')) return text;
  const { negative, digits, exponent } = normalOf(text)!;
  const sign = negative ? '-' : '';
  return exponent > 0
    ? `${sign}${digits.padEnd(exponent, '0')}`
    : `${sign}0.${'0'.repeat(-exponent)}${digits}`;
}

/** Returns the number of a text, which must be a decimal; USAGE if a double cannot hold it. */
export function requireExact(text: string, said = text): number {
  const number = exactNumber(text);
  if (number === undefined) throw tooManyDigits(said);
  return number;
}

/** Returns the error for a number that would be rounded. */
const tooManyDigits = (text: string) =>
  usage(
    `${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)} has more digits than a number can keep`,
    'numbers keep 15 digits, texts keep all of them',
  );
