/**
 * Tells whether two outcomes of the same commands are the same, though they were decided at different times: `now` and
 * `in 30 days` are other instants then, as far from the decision as before.
 */
import type { Json } from '../domain/records.ts';

/** What two outcomes are compared by. */
export interface Likeness {
  /** A hash of all but the instants. */
  readonly digest: string;
  /** The instants, ms, in the order in which they stand. */
  readonly instants: readonly number[];
  /** When it was decided, ms. */
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

/** As crm writes them. */
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether they differ in nothing but when they were decided. */
export const isAlike = (a: Likeness, b: Likeness): boolean =>
  a.digest === b.digest &&
  a.instants.every((each, i) => each === b.instants[i] || each - a.at === b.instants[i]! - b.at);
