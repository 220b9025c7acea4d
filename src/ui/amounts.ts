/** Formats money for little room, the same on every machine: `5.2k EUR`. */
import { grouped } from './words.ts';

/** The amount rounded to two or three digits: 940, 5.2k, 12.3k, 340k, 1.2m. */
export function shortAmount(value: string, currency: string): string {
  return `${short(Number(value))} ${currency}`;
}

function short(value: number): string {
  // An amount that rounds to a thousand of one unit is written in the next unit.
  if (value >= 999_500) return `${rounded(value / 1e6)}m`;
  if (value >= 999.5) return `${rounded(value / 1e3)}k`;
  return String(Math.round(value));
}

const rounded = (value: number): string =>
  value < 99.95 ? value.toFixed(1).replace(/\.0$/, '') : grouped(Math.round(value));
