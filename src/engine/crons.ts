import type { Zone } from '../domain/zone.ts';

/**
 * Cron expressions, in the zone of the workspace. The moments of an expression are a fixed set of instants, however
 * time is divided into sweeps. An expression whose minute or hour begins with `*` runs in real time: twice through an
 * hour that comes twice, and not in an hour that is skipped. A fixed time of day comes once a day.
 */
export interface Crons {
  /** The last moment (ms) of an expression after `after` and not after `until`; undefined if there is none. */
  last(expression: string, zone: Zone, after: number, until: number): number | undefined;
  /** The first moment (ms) of an expression after `after` and not after `until`; undefined if there is none. */
  next(expression: string, zone: Zone, after: number, until: number): number | undefined;
  /** Says what is wrong with an expression; undefined if it is right. */
  check(expression: string): string | undefined;
}

/** The crons of a workspace without cron expressions. */
export const noCrons: Crons = { last: () => undefined, next: () => undefined, check: () => undefined };
