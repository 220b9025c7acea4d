import type { Zone } from '../domain/zone.ts';

/**
 * Cron expressions, in the zone of the workspace. The moments of an expression are a set of instants, whoever asks and
 * however time is cut: an expression whose minute or hour begins with `*` runs in real time, twice through an hour that
 * comes twice and not through one that is skipped; a fixed time of day comes once on its day.
 */
export interface Crons {
  /** The last moment (ms) of an expression after `after` and not after `until`; undefined if there is none. */
  last(expression: string, zone: Zone, after: number, until: number): number | undefined;
  /** The first moment (ms) of an expression after `after` and not after `until`; undefined if there is none. */
  next(expression: string, zone: Zone, after: number, until: number): number | undefined;
  /** What is wrong with an expression; undefined where nothing is. */
  check(expression: string): string | undefined;
}
