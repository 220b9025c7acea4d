/**
 * Exact decimals for the arithmetic of texts: numbers, and amounts of money, which know their currency. A result is
 * money if one of its operands is, rounded half to even to the currency.
 */
import { plainDecimal } from '../../domain/decimal.ts';
import { decimals } from '../../domain/money.ts';
import { TextError } from './texts.ts';

/** How many significant digits a division has. */
const DIVISION_DIGITS = 20;
/** The most digits of a result, more than any amount has: a text that multiplies without end is stopped. */
const MOST_DIGITS = 1000;

/** `units` times ten to the power of minus `scale`. */
interface Exact {
  readonly units: bigint;
  readonly scale: number;
}

/**
 * A decimal with all its digits, with a currency if it is money. Liquid compares it by `equals`, `gt` and the others.
 */
export class Decimal implements Exact {
  readonly units: bigint;
  readonly scale: number;
  readonly currency: string | undefined;

  constructor({ units, scale }: Exact, currency?: string) {
    if (String(units).length > MOST_DIGITS || scale > MOST_DIGITS)
      throw new TextError(`a number of more than ${MOST_DIGITS} digits`);
    this.units = units;
    this.scale = scale;
    this.currency = currency;
  }

  toString(): string {
    const digits = String(this.units < 0n ? -this.units : this.units).padStart(this.scale + 1, '0');
    const sign = this.units < 0n ? '-' : '';
    return this.scale === 0
      ? sign + digits
      : `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** Liquid's `size`: that of the text. */
  get size(): number {
    return this.toString().length;
  }

  get length(): number {
    return this.toString().length;
  }

  /** Liquid's `contains`: that of the text. */
  indexOf(text: string): number {
    return this.toString().indexOf(text);
  }

  equals(other: unknown): boolean {
    return this.#compare(other) === 0;
  }
  gt(other: unknown): boolean {
    return this.#compare(other) > 0;
  }
  geq(other: unknown): boolean {
    return this.#compare(other) >= 0;
  }
  lt(other: unknown): boolean {
    return this.#compare(other) < 0;
  }
  leq(other: unknown): boolean {
    return this.#compare(other) <= 0;
  }

  /** NaN for a value that is not a number. */
  #compare(other: unknown): number {
    const exact = exactOf(other);
    if (!exact) return Number.NaN;
    const [a, b] = aligned(this, exact);
    return a < b ? -1 : a > b ? 1 : 0;
  }
}

const NUMERAL = /^\s*([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?\s*$/;

/** Returns the exact value of a number, or of a text that is a number; undefined for everything else. */
function exactOf(value: unknown): Exact | undefined {
  if (value instanceof Decimal) return value;
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = NUMERAL.exec(typeof value === 'number' ? plainDecimal(value) : value);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const units = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

/** Returns the argument of a filter as a decimal; an empty value counts as 0, as everywhere in Liquid. */
function decimalOf(value: unknown, filter: string): Decimal {
  if (value instanceof Decimal) return value;
  if (value === null || value === undefined || value === '') return new Decimal({ units: 0n, scale: 0 });
  const exact = exactOf(value);
  if (!exact) throw new TextError(`${filter}: ${JSON.stringify(value)} is not a number`);
  return new Decimal(exact);
}

const power = (places: number): bigint => 10n ** BigInt(places);

/** Returns the units of two decimals, in the smaller of their units. */
function aligned(a: Exact, b: Exact): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * power(scale - a.scale), b.units * power(scale - b.scale), scale];
}

type Rounding = 'half even' | 'half up' | 'down' | 'up';

/**
 * Returns a quotient as a whole number: half up rounds away from zero, down and up to the lower and the higher
 * number.
 */
function divided(dividend: bigint, divisor: bigint, how: Rounding): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const [n, d] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const whole = n / d;
  const rest = n % d;
  const isMore =
    how === 'down'
      ? negative && rest > 0n
      : how === 'up'
        ? !negative && rest > 0n
        : 2n * rest > d || (2n * rest === d && (how === 'half up' || whole % 2n === 1n));
  const size = isMore ? whole + 1n : whole;
  return negative ? -size : size;
}

/** Returns a decimal with this number of places, divided by `over`. */
const rounded = ({ units, scale }: Exact, places: number, how: Rounding, over = 1n): Exact => ({
  units: divided(units * power(places), over * power(scale), how),
  scale: places,
});

/** Returns the currency of a result; a result of two currencies has none. */
function currencyOf(a: Decimal, b: Decimal, filter: string): string | undefined {
  if (a.currency !== undefined && b.currency !== undefined && a.currency !== b.currency)
    throw new TextError(`${filter}: ${a} ${a.currency} and ${b} ${b.currency} are in two currencies`);
  return a.currency ?? b.currency;
}

/**
 * Returns a result in the form that Liquid continues with: money in its currency's decimals, otherwise a number if
 * that is exact.
 */
function result(exact: Exact, currency: string | undefined): Decimal | number {
  if (currency !== undefined) return new Decimal(rounded(exact, decimals(currency), 'half even'), currency);
  let { units, scale } = exact;
  while (scale > 0 && units % 10n === 0n) [units, scale] = [units / 10n, scale - 1];
  const decimal = new Decimal({ units, scale });
  const number = Number(decimal.toString());
  return plainDecimal(number) === decimal.toString() ? number : decimal;
}

type Filter = (value: unknown, ...rest: unknown[]) => Decimal | number;

/** Makes a filter of two decimals. */
const ofTwo =
  (name: string, work: (a: Decimal, b: Decimal, rest: readonly unknown[]) => Decimal | number): Filter =>
  (value, other, ...rest) =>
    work(decimalOf(value, name), decimalOf(other, name), rest);

function plus(a: Decimal, b: Decimal, name: string): Decimal | number {
  const [x, y, scale] = aligned(a, b);
  return result({ units: x + y, scale }, currencyOf(a, b, name));
}

function dividedBy(a: Decimal, b: Decimal, toWhole: boolean): Decimal | number {
  if (b.units === 0n) throw new TextError('divided_by: a number cannot be divided by 0');
  const currency = currencyOf(a, b, 'divided_by');
  // The quotient of two amounts is a number: how many times the one contains the other.
  const isMoney = currency !== undefined && (a.currency === undefined || b.currency === undefined);
  const [n, d] = aligned(a, b);
  if (toWhole) return result({ units: divided(n, d, 'down'), scale: 0 }, isMoney ? currency : undefined);
  if (isMoney) return result(rounded({ units: n, scale: 0 }, decimals(currency), 'half even', d), currency);
  const size = (units: bigint) => String(units < 0n ? -units : units).length;
  let places = Math.max(0, DIVISION_DIGITS - (size(n) - size(d)));
  let quotient = rounded({ units: n, scale: 0 }, places, 'half even', d);
  if (places > 0 && size(quotient.units) > DIVISION_DIGITS)
    quotient = rounded({ units: n, scale: 0 }, --places, 'half even', d);
  return result(quotient, undefined);
}

/** Rounds to this number of places, which the result shows; money stays money. */
function toPlaces(value: unknown, places: unknown, name: string, how: Rounding): Decimal | number {
  const decimal = decimalOf(value, name);
  const wanted = Number(String(places ?? 0));
  if (!Number.isInteger(wanted) || Math.abs(wanted) > 100)
    throw new TextError(`${name}: ${JSON.stringify(places)} is not a number of decimals`);
  const at = Math.max(0, wanted);
  const over = power(at - wanted);
  const { units, scale } = rounded(decimal, at, how, over);
  const exact = { units: units * over, scale };
  return decimal.currency === undefined ? result(exact, undefined) : new Decimal(exact, decimal.currency);
}

function bounded(name: string, isOther: (a: bigint, b: bigint) => boolean): Filter {
  return ofTwo(name, (a, b) => {
    const [x, y] = aligned(a, b);
    return result(isOther(x, y) ? b : a, currencyOf(a, b, name));
  });
}

/** Adds up the items of a list; an item that is not a number counts as 0, as in Liquid. */
export function sumOf(items: readonly unknown[]): Decimal | number {
  let sum: Decimal | number = 0;
  for (const item of items)
    if (item instanceof Decimal || exactOf(item))
      sum = plus(decimalOf(sum, 'sum'), decimalOf(item, 'sum'), 'sum');
  return sum;
}

/** The arithmetic filters, by name. */
export const arithmetic: Readonly<Record<string, Filter>> = {
  plus: ofTwo('plus', (a, b) => plus(a, b, 'plus')),
  minus: ofTwo('minus', (a, b) =>
    plus(a, new Decimal({ units: -b.units, scale: b.scale }, b.currency), 'minus'),
  ),
  times: ofTwo('times', (a, b) =>
    result({ units: a.units * b.units, scale: a.scale + b.scale }, currencyOf(a, b, 'times')),
  ),
  divided_by: ofTwo('divided_by', (a, b, [toWhole]) => dividedBy(a, b, Boolean(toWhole))),
  modulo: ofTwo('modulo', (a, b) => {
    if (b.units === 0n) throw new TextError('modulo: a number cannot be divided by 0');
    const [n, d, scale] = aligned(a, b);
    return result({ units: ((n % d) + d) % d, scale }, currencyOf(a, b, 'modulo'));
  }),
  abs: value => {
    const { units, scale, currency } = decimalOf(value, 'abs');
    return result({ units: units < 0n ? -units : units, scale }, currency);
  },
  round: (value, places) => {
    const isMoney = value instanceof Decimal && value.currency !== undefined;
    return toPlaces(value, places, 'round', isMoney ? 'half even' : 'half up');
  },
  ceil: value => toPlaces(value, 0, 'ceil', 'up'),
  floor: value => toPlaces(value, 0, 'floor', 'down'),
  at_least: bounded('at_least', (a, b) => b > a),
  at_most: bounded('at_most', (a, b) => b < a),
};

/** An amount of money as it is stored; undefined for anything else. */
export function moneyOf(text: unknown, currency: string): Decimal | undefined {
  const exact = typeof text === 'string' ? exactOf(text) : undefined;
  return exact && new Decimal(exact, currency);
}
