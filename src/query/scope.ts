import type { Clock } from '../domain/dates.ts';
import type { State } from '../domain/state.ts';

/** What a query is asked of: a state, at a time, by somebody. */
export interface Scope {
  readonly state: State;
  readonly clock: Clock;
  /** The acting user's id. */
  readonly me: string;
  /** Only events of the last so many milliseconds count, as for points that expire. */
  readonly eventsWithin?: number;
  /** Only these events count, as inside an automation's steps. */
  readonly countsEvent?: (row: number) => boolean;
}

/** A term asked of a scope: whether it holds for a row, and what the row has, to explain it. */
export interface BoundTerm {
  test(row: number): boolean;
  actual(row: number): string;
}

/** What an answer may depend on beside records and time: who asks, and the score of the record. */
export type Asks = 'me' | 'score';

export interface CompiledTerm {
  /** Whether the answer can change with time alone. */
  readonly timed: boolean;
  readonly asks?: Asks;
  bind(scope: Scope): BoundTerm;
}
