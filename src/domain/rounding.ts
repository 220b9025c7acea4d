/** Exact products of whole numbers and fractions, rounded once, half to even. */

/** A fraction of whole numbers, in lowest terms; `d` is positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const ONE: Fraction = { n: 1n, d: 1n };

/** Returns the fraction that a decimal such as `1.17` says. */
export function fractionOf(decimal: string): Fraction {
  const [whole = '', places = ''] = decimal.split('.') as [string, string?];
  return reduced(BigInt(whole + places), 10n ** BigInt(places.length));
}

export const times = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.n, a.d * b.d);
export const over = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.d, a.d * b.n);

function reduced(n: bigint, d: bigint): Fraction {
  let [a, b] = [n, d];
  while (b !== 0n) [a, b] = [b, a % b];
  return { n: n / a, d: d / a };
}

/** A fraction ready to multiply many whole numbers with. */
export interface Factor {
  /** As doubles, where both are small enough to be exact; else 0. */
  readonly n: number;
  readonly d: number;
  /** The largest number whose product with `n` is exact as a double. */
  readonly most: number;
  readonly exact: Fraction;
}

export function factorOf(fraction: Fraction): Factor {
  const isSmall = fraction.n <= SAFE && fraction.d <= SAFE;
  const n = isSmall ? Number(fraction.n) : 0;
  const most = !isSmall ? -1 : n === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(Number.MAX_SAFE_INTEGER / n);
  return { n, d: isSmall ? Number(fraction.d) : 0, most, exact: fraction };
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Returns `units` times a factor, rounded half to even; a bigint where a double would not be exact. `units` is not negative. */
export function multiplied(units: number, factor: Factor): number | bigint {
  const { n, d } = factor;
  if (units > factor.most) return multipliedExactly(BigInt(units), factor.exact);
  const product = units * n;
  if (d === 1) return product;
  const rest = product % d;
  const whole = (product - rest) / d;
  const twice = rest * 2;
  return twice > d || (twice === d && whole % 2 === 1) ? whole + 1 : whole;
}

/** Returns `units` times a fraction, rounded half to even. `units` is not negative. */
export function multipliedExactly(units: bigint, { n, d }: Fraction): bigint {
  const product = units * n;
  const rest = product % d;
  const whole = product / d;
  const twice = rest * 2n;
  return twice > d || (twice === d && whole % 2n === 1n) ? whole + 1n : whole;
}
