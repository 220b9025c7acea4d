/**
 * The one function that decides what a sweep does. `crm run` commits what it returns, `--dry-run` prints it,
 * `crm explain` prints its trace: there is no second implementation. No clock, files, network or randomness inside.
 */
import type { Change } from '../domain/changes.ts';
import type { Draft } from '../state/draft.ts';
import type { Loop } from './chains.ts';
import type { PlanInput } from './sweep/input.ts';
import type { Trace } from './sweep/report.ts';
import { sweepOnce } from './sweep/sweep.ts';

export interface Plan {
  readonly changes: readonly Change[];
  /** The draft with the changes, on a fork of the state that was planned on. */
  readonly draft: Draft;
  readonly trace: Trace;
}

/**
 * Plans a sweep. If planning finds a loop of rules, it starts again without the work of these rules on that subject,
 * so that everything else stays.
 */
export function plan(input: PlanInput): Plan {
  const known = new Map<string, Loop>();
  for (;;) {
    const { draft, trace, loops } = sweepOnce(input, known);
    if (loops.size === 0) return { changes: draft.changes, draft, trace };
    for (const [place, loop] of loops) known.set(place, loop);
  }
}
