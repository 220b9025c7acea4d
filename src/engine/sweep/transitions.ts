/** Applies transition tables in a sweep: each round moves deals, and reports the deals that do not settle. */
import { idOf, kindOf } from '../../domain/changes.ts';
import { settleDeals, unsettledAmong } from '../settle.ts';
import type { SweepContext } from './context.ts';
import type { Failure } from './report.ts';

/** Moves deals by their tables, after the rules of a round have done their work. */
export function moveDeals({ draft, scope, chains, report, asked }: SweepContext): void {
  const mark = draft.changes.length;
  const unsettled: Failure[] = [];
  const { skips } = report;
  // Each round looks at all deals again, which replaces the report of the previous round.
  if (skips) skips.held = [];
  const made = settleDeals(draft, scope, {
    ...(skips && { held: deal => skips.held.push(deal) }),
    fail: (subject, error) => {
      unsettled.push({ automation: null, subject, step: null, error });
    },
    isExplained: asked.isExplained ?? false,
  });
  report.unsettled = unsettled;
  report.moved(made);
  chains.followed(draft.changes.slice(mark));
}

/**
 * Returns the deals that do not settle now but did at the last sweep, or that were changed since, or whose tables
 * were: each is reported once, not by every sweep.
 */
export function newlyUnsettled({ report: { unsettled }, since, scope }: SweepContext): readonly Failure[] {
  if (unsettled.length === 0) return [];
  const made = since.transactions.flatMap(tx => tx.changes);
  const isNew = made.some(
    change => kindOf(change) === 'file' && /^(crm\.yaml|pipelines\/)/.test(idOf(change)),
  );
  if (isNew || since.last.at === Number.NEGATIVE_INFINITY) return unsettled;
  const changed = new Set(made.map(idOf));
  const ids = unsettled.map(({ subject }) => subject!).filter(id => !changed.has(id));
  const clock = { ...scope.clock, now: since.last.at };
  const known = unsettledAmong(since.before(since.last.seq), { ...scope, clock }, ids);
  return unsettled.filter(({ subject }) => !known.has(subject!));
}
