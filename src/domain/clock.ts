import type { Config } from './config.ts';
import type { DateOrder } from './dates.ts';
import { type Zone, zone } from './zone.ts';

/** What "today" and "now" mean: an instant, and the zone whose days count. */
export interface Clock {
  readonly now: number;
  readonly zone: Zone;
  /** How a date of three numbers is read; undefined where the workspace has no locale that says it. */
  readonly order?: DateOrder | undefined;
}

/** The clock of a workspace at an instant (ms): its time zone, and how its locale writes dates. */
/** The day that it is, in the zone of the workspace. */
export const today = ({ now, zone }: Clock): string => zone.day(now);

export function clockIn({ timezone, dateOrder }: Pick<Config, 'timezone' | 'dateOrder'>, now: number): Clock {
  return { now, zone: zone(timezone), order: dateOrder };
}
