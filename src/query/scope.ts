import type { Config } from '../domain/config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Kind } from '../domain/kinds.ts';
import type { Links } from '../state/links.ts';
import type { State } from '../state/state.ts';
import type { Narrow } from '../state/table.ts';

/** A compiled query asked of a scope. */
export interface BoundTest {
  test(row: number): boolean;
}

/** What a query is asked of: a state, at a time, by a user. */
export interface Scope {
  readonly state: State;
  readonly clock: Clock;
  /** The acting user's id. */
  readonly me: string;
  /** Compiles the queries of score rules when a term asks for a score; a parameter, because queries ask for scores. */
  readonly compile: (text: string, kind: Kind, config: Config) => { bind(scope: Scope): BoundTest };
  /** The rows of a kind that the viewer may see; undefined, or left out, for all rows. */
  readonly sees?: (kind: Kind) => ((row: number) => boolean) | undefined;
  /** The greatest age of events that count, in milliseconds: set for points that expire. */
  readonly eventsWithin?: number;
  /** The only events that count: set inside an automation's steps. */
  readonly countsEvent?: (row: number) => boolean;
}

/** A term asked of a scope: whether it holds for a row, and the row's value to explain it with. */
export interface BoundTerm {
  test(row: number): boolean;
  /** The same for many rows, if there is a faster way than row by row. */
  readonly narrow?: Narrow;
  actual(row: number): string;
}

/** What an answer may depend on beside records and time: the viewer, and the score of the record. */
export type Asks = 'me' | 'score';

export interface CompiledTerm {
  /** Whether the answer can change with time alone. */
  readonly timed: boolean;
  readonly asks?: Asks;
  bind(scope: Scope): BoundTerm;
}

/** The rows that point to a row, one by one: `Links`, or the visible ones among them. */
export type Linked = Pick<Links, 'first' | 'next' | 'row' | 'some' | 'count'> &
  Partial<Pick<Links, 'each' | 'version'>>;

/** Returns the visible rows of `from` that point to a row of `to` with a field. */
export function linksOf({ state, sees }: Scope, to: Kind, from: Kind, field: string): Linked {
  const links = state.links(to, from, field);
  const isSeen = sees?.(from);
  if (!isSeen) return links;
  const seenFrom = (edge: number): number => {
    let at = edge;
    while (at >= 0 && !isSeen(links.row(at))) at = links.next(at);
    return at;
  };
  const seen: Linked = {
    first: target => seenFrom(links.first(target)),
    next: edge => seenFrom(links.next(edge)),
    row: edge => links.row(edge),
    some: (target, each) => links.some(target, row => isSeen(row) && each(row)),
    count: target => {
      let count = 0;
      for (let edge = seen.first(target); edge >= 0; edge = seen.next(edge)) count++;
      return count;
    },
  };
  return seen;
}

/** Returns the row that a reference leads to, if the viewer may see it; otherwise -1. */
export function seenRow({ state, sees }: Scope, kind: Kind): (number: number) => number {
  const table = state.table(kind);
  const isSeen = sees?.(kind);
  return number => {
    const row = number > 0 ? table.row(number) : -1;
    return row >= 0 && (isSeen?.(row) ?? true) ? row : -1;
  };
}

/** Returns how many of the rows that link to a row count. */
export function countLinked(links: Linked, row: number, counts: (child: number) => boolean): number {
  let n = 0;
  for (let edge = links.first(row); edge >= 0; edge = links.next(edge)) if (counts(links.row(edge))) n++;
  return n;
}
