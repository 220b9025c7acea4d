/** Cron expressions, in the zone of the workspace. What reads them is loaded only where a rule has one. */
export interface Crons {
  /** The last moment (ms) of an expression after `after` and not after `until`; undefined where there is none. */
  last(expression: string, zone: string, after: number, until: number): number | undefined;
  /** What is wrong with an expression; undefined where nothing is. */
  check(expression: string): string | undefined;
}
