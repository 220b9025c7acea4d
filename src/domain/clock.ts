import type { Config } from './config.ts';
import type { DateOrder } from './dates.ts';
import { type Zone, zone } from './zone.ts';

/** What "today" and "now" mean: an instant, and the zone whose days count. */
export interface Clock {
  readonly now: number;
  readonly zone: Zone;
  /** The order of a date of three numbers; undefined if the workspace has no locale that tells it. */
  readonly order?: DateOrder | undefined;
  /** The month, 1 to 12, in which years begin, and quarters with them; undefined for January. */
  readonly yearStart?: number | undefined;
}

/** Returns the current day, in the zone of the workspace. */
export const today = ({ now, zone }: Clock): string => zone.day(now);

/** The settings that decide how days are read and counted. */
export type Calendar = Pick<Config, 'timezone' | 'dateOrder' | 'yearStart'>;

/** The clock of a workspace at an instant (ms): its time zone, how its locale writes dates, and when its years begin. */
export function clockIn({ timezone, dateOrder, yearStart }: Calendar, now: number): Clock {
  return { now, zone: zone(timezone), order: dateOrder, yearStart };
}
