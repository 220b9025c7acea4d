/** Sums in minor units as the cells of a row. */
import { fromMinorUnits } from '../../domain/money.ts';
import { multipliedExactly } from '../../domain/rounding.ts';
import type { Tally } from '../reading/tally.ts';

/** A sum as money. */
export const money = (units: bigint, currency: string): string => fromMinorUnits(units, currency);

/** Returns the weighted value of deals; null if there are deals but none has a known probability. */
export const weightedMoney = ({ deals, noProbability, weighted }: Tally, currency: string): string | null =>
  deals > 0 && noProbability === deals ? null : money(weighted, currency);

/** The average of a sum, rounded half to even; null of nothing. */
export const average = (units: bigint, count: number, currency: string): string | null =>
  count === 0 ? null : money(multipliedExactly(units, { n: 1n, d: BigInt(count) }), currency);

/** A part of a whole as a rate, to four decimals; null of nothing. */
export function rate(part: bigint | number, whole: bigint | number): number | null {
  if (BigInt(whole) === 0n) return null;
  return Number(multipliedExactly(BigInt(part), { n: 10_000n, d: BigInt(whole) })) / 10_000;
}

/** Returns by what part a sum exceeds another one, to four decimals; null if the other one is 0. */
export function change(now: bigint, before: bigint): number | null {
  const more = now >= before;
  const by = rate(more ? now - before : before - now, before);
  return by === null ? null : more || by === 0 ? by : -by;
}
