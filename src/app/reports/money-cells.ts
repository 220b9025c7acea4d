/** Sums in minor units as the cells of a row. */
import { fromMinorUnits } from '../../domain/money.ts';
import type { Tally } from '../reading/tally.ts';

/** A sum as money. */
export const money = (units: bigint, currency: string): string => fromMinorUnits(units, currency);

/** What deals are probably worth; null if there are deals, and it is not known of any of them. */
export const weightedMoney = ({ deals, noProbability, weighted }: Tally, currency: string): string | null =>
  deals > 0 && noProbability === deals ? null : money(weighted, currency);
