/** Money for people, the same on every machine: `5,200.00 EUR`, or `5.2k EUR` where there is little room. */
import { grouped } from './words.ts';

/** An exact decimal with thousands apart. */
export function amount(value: string, currency: string): string {
  const [whole, fraction] = value.split('.') as [string, string?];
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fraction === undefined ? apart : `${apart}.${fraction}`} ${currency}`;
}

/** The amount rounded to two or three digits: 940, 5.2k, 12.3k, 340k, 1.2m. */
export function shortAmount(value: string, currency: string): string {
  return `${short(Number(value))} ${currency}`;
}

function short(value: number): string {
  // What rounds to a thousand of one unit is one of the next.
  if (value >= 999_500) return `${rounded(value / 1e6)}m`;
  if (value >= 999.5) return `${rounded(value / 1e3)}k`;
  return String(Math.round(value));
}

const rounded = (value: number): string =>
  value < 99.95 ? value.toFixed(1).replace(/\.0$/, '') : grouped(Math.round(value));
