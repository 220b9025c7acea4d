/**
 * Compares outcomes of the same commands that were decided at different times. `now` and `in 30 days` are later instants
 * the second time, but as far from the decision as the first time.
 */
import type { Json } from '../domain/records.ts';

/** The parts of an outcome that are compared. */
export interface Likeness {
  /** A hash of the changes without their instants. */
  readonly digest: string;
  /** The instants in the changes, ms since the epoch, in order. */
  readonly instants: readonly number[];
  /** The instant of the decision, ms since the epoch. */
  readonly at: number;
}

/** Returns the likeness of changes that were decided at an instant. */
export function likenessOf(changes: Json, at: number, hash: (text: string) => string): Likeness {
  const instants: number[] = [];
  const timeless = JSON.stringify(changes, (_, value: unknown) =>
    typeof value === 'string' && instant.test(value) ? { instant: instants.push(Date.parse(value)) } : value,
  );
  return { digest: hash(timeless), instants, at };
}

/** An instant as crm writes it. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Returns whether two outcomes are the same: each instant is equal, or as far from its decision as the other one. */
export const isAlike = (a: Likeness, b: Likeness): boolean =>
  a.digest === b.digest &&
  a.instants.every((each, i) => each === b.instants[i] || each - a.at === b.instants[i]! - b.at);
