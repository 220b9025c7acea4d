/**
 * The changes that a state took in, in order. An import has a million of one transaction, so what they have in common is
 * kept once for each run of them:
 *
 *     { seq: 5, at: 08:00, quiet: true }   [ add D1, add D2, ... add D1000000 ]
 *     { seq: 6, at: 09:30, quiet: false }  [ set D7 ]
 */
import type { Change } from '../domain/changes.ts';

/** A change that a state took in, and which transaction it belongs to. */
export interface Logged {
  readonly change: Change;
  readonly at: string;
  readonly seq: number;
  /** Whether it must not start rules: it is part of an import without --trigger, or of an undo. */
  readonly quiet: boolean;
}

/** Consecutive changes of one transaction. */
export interface Run extends Omit<Logged, 'change'> {
  readonly changes: readonly Change[];
}

/** The runs of changes, to which changes are appended. */
export class ChangeLog {
  readonly #runs: (Run & { readonly changes: Change[] })[] = [];

  push(change: Change, at: string, seq: number, quiet: boolean): void {
    const last = this.#runs.at(-1);
    if (last && last.seq === seq && last.at === at && last.quiet === quiet) last.changes.push(change);
    else this.#runs.push({ at, seq, quiet, changes: [change] });
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  /** Yields the changes after transaction `after`. */
  *entries(after = Number.NEGATIVE_INFINITY): Generator<Logged> {
    for (const { changes, at, seq, quiet } of this.#runs)
      if (seq > after) for (const change of changes) yield { change, at, seq, quiet };
  }
}
