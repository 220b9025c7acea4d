import type { Config } from './config.ts';
import type { Clock } from './dates.ts';
import { zone } from './zone.ts';

/** The clock of a workspace at an instant (ms): its time zone, and how its locale writes dates. */
export function clockIn({ timezone, dateOrder }: Pick<Config, 'timezone' | 'dateOrder'>, now: number): Clock {
  return { now, zone: zone(timezone), order: dateOrder };
}
